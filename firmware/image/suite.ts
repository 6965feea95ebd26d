/** Whose packages an image is made of. */
export const suite = 'bookworm';
