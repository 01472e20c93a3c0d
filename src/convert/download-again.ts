/** What helps where a file of a checkpoint is missing or broken. */
export const DOWNLOAD_AGAIN = "download the checkpoint again";
