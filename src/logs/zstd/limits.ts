/** RFC 8878, section 3.1.1.2.4: no block holds or becomes more. */
export const MAX_BLOCK_BYTES = 128 * 1024;

/** As the zstd program refuses more unless it is told: how far back a repetition may reach is memory. */
export const MAX_WINDOW_BYTES = 128 * 1024 * 1024;
