/** Removes a listener; calling it twice is harmless. */
export type Stop = () => void;
