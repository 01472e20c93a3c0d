import { expect, it } from "@jest/globals";
import { vulkanAdapter } from "../../../bench/gpu/adapter.js";

/** As the Vulkan loader 1.3.239 writes it. */
const log = (name: string, driver: string): string =>
  `LAYER:               <Drivers>\nLAYER:                   Using "${name}" with driver: "${driver}"\n`;

it.each([
  ["SwiftShader Device (Subzero)", "/usr/lib/chromium/./libvk_swiftshader.so"],
  ["llvmpipe (LLVM 15.0.6, 256 bits)", "/usr/lib/x86_64-linux-gnu/libvulkan_lvp.so"],
  ["a name yet unheard of", "/usr/lib/x86_64-linux-gnu/libvulkan_lvp.so"],
])("knows that %s by %s is a program", (name, driver) => {
  expect(vulkanAdapter(log(name, driver))).toEqual({ name, software: true });
});

it("takes a card for one, the last that was opened", () => {
  const both = log("llvmpipe", "libvulkan_lvp.so") + log("NVIDIA L4", "libGLX_nvidia.so.0");
  expect(vulkanAdapter(both)).toEqual({ name: "NVIDIA L4", software: false });
});

it("does not guess where the loader says nothing", () => {
  expect(vulkanAdapter("error: XDG_RUNTIME_DIR is invalid or not set in the environment.\n")).toBeNull();
});
