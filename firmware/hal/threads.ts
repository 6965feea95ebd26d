/** The programs that threads of the firmware run: a file each, here and in the bundle of an image. */
export const cellProgram = new URL('./cell-worker.ts', import.meta.url);
export const glueProgram = new URL('./glue-worker.ts', import.meta.url);
