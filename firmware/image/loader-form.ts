/** What a boot loader that is built becomes: the ROM of a PC, or an image in a FIT with what the board needs before it. */
export const loaderForms = ['rom', 'fit'] as const;
export type LoaderForm = (typeof loaderForms)[number];
