/** What the ports have in common. */

/** Removes a listener; calling it twice is harmless. */
export type Stop = () => void;

/** Anything JSON can carry. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
