# The service with the small model that comes with it. Mount a converted Llama Guard 2 and point
# PORTCULLIS_GUARD at it for the real one; PORTCULLIS_GENERATOR_URL names a server that runs a real generator.
# Runs as a user without rights, on a read-only root.
#
#   docker build -t portcullis .
#   docker run --read-only -e PORTCULLIS_ALLOW_OPEN=yes -p 127.0.0.1:8080:8080 portcullis

FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build
# What runs needs no compiler, and of the native runtime only the build for this machine.
RUN npm prune --omit=dev --no-audit --no-fund \
 && cd node_modules/onnxruntime-node/bin/napi-v6 \
 && find . -mindepth 2 -maxdepth 2 -type d ! -path "./linux/$(node -p process.arch)" -exec rm -r {} +

FROM node:20.20.2-bookworm-slim
WORKDIR /app
COPY LICENSE NOTICE package.json openapi.yaml ./
COPY policies ./policies
COPY onnx/starter-guard ./onnx/starter-guard
COPY onnx/starter-chat ./onnx/starter-chat
COPY training/calibration ./training/calibration
COPY scripts/healthcheck.mjs ./scripts/
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
RUN chmod +x dist/main.js && ln -s /app/dist/main.js /usr/local/bin/portcullis
# Other machines reach a container's port, so the service asks for keys: give it PORTCULLIS_KEYS_FILE,
# or say PORTCULLIS_ALLOW_OPEN=yes where only trusted callers can reach it.
ENV NODE_ENV=production PORTCULLIS_HOST=0.0.0.0
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["node", "/app/scripts/healthcheck.mjs"]
ENTRYPOINT ["portcullis"]
CMD ["serve"]
