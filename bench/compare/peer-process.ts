// One peer in a process of its own, so that its memory and processor time are its own too.
import { answerAsks } from "../fork-asked.js";
import type { Peer, PeerSetup, PeerVocabulary } from "./peer.js";
import type { PeerAnswer, PeerAsk } from "./peer-messages.js";

let peer: Peer | undefined;

async function open(setup: PeerSetup, vocabulary: PeerVocabulary): Promise<Peer> {
  switch (setup.kind) {
    case "portcullis-guard":
      return (await import("./portcullis.js")).openGuardPeer(setup);
    case "portcullis-generator":
      return (await import("./portcullis.js")).openGeneratorPeer(setup);
    case "llama-cpp":
      return (await import("./llama-cpp.js")).openLlamaCpp(setup, vocabulary);
    case "transformers":
      return (await import("./transformers.js")).openTransformers(setup, vocabulary);
  }
}

async function answer(ask: PeerAsk): Promise<PeerAnswer> {
  switch (ask.kind) {
    case "open":
      peer = await open(ask.setup, ask.vocabulary);
      return null;
    case "judge":
      return peer!.judge(ask.prompts, ask.atOnce);
    case "write":
      return peer!.write(ask.prompt, ask.tokens);
    case "close":
      await peer?.close();
      return null;
  }
}

answerAsks(answer);
