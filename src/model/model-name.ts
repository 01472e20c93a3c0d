/**
 * Whether a text can name a model folder within the folder of models rather than a path: no separators, and no
 * leading dot, which belongs to `.`, `..` and to what is unfinished.
 */
export const isModelName = (text: string): boolean => /^[^./\\][^/\\]*$/.test(text);

/** Whether a folder is what an interrupted conversion, download or removal left behind. */
export const isRemains = (name: string): boolean => /^\.[^/\\]+\.(?:unfinished|removed)$/.test(name);

/** What a model folder is called while it is deleted. */
export const nameWhileRemoved = (name: string): string => `.${name}.removed`;
