// Exit code 0 while the service in this container answers; for Docker's HEALTHCHECK.
const port = process.env.PORTCULLIS_PORT ?? 8080;
const alive = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(2000) }).then(
  ({ ok }) => ok,
  () => false,
);
process.exit(alive ? 0 : 1);
