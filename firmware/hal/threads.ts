/**
 * The programs that threads of the firmware run: a file each. In the bundle of an image they are all one, which
 * goes by the name of its thread: `glue`, or `cell` and the name of the cell.
 */
export const cellProgram = new URL('./cell-worker.ts', import.meta.url);
export const glueProgram = new URL('./glue-worker.ts', import.meta.url);
