/** Makes bytes smaller for memory and flash: a port, whose double `plain-packing.ts` only frames them. */
export interface Packing {
	/**
	 * In a buffer of its own, no larger than it must be.
	 *
	 * @param dictionary what much of it may be found in: it is needed again to unpack it
	 */
	pack(bytes: Uint8Array, dictionary?: Uint8Array): Uint8Array;
	/** The same without holding this thread up. */
	packLater(bytes: Uint8Array): Promise<Uint8Array>;
	/**
	 * @param length of what comes out
	 * @param dictionary the same as when it was packed
	 * @throws any error where the bytes were not packed so, or another length would come out
	 */
	unpack(packed: Uint8Array, length: number, dictionary?: Uint8Array): Uint8Array;
}
