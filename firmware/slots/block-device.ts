/**
 * Bytes at fixed places that stay without power: a partition, a whole disk or a file, as a port.
 *
 * What was written may be lost, torn or come out of order in a power cut until `sync` has returned. Errors
 * of every method: those of `BlockDeviceError`.
 */
export interface BlockDevice {
	readonly size: number;
	/** Fills all of `into`, from what the medium has and not from a memory before it, where that can be told apart. */
	read(at: number, into: Uint8Array): Promise<void>;
	/** All of `bytes`, or an error; then any part of them may be there. */
	write(at: number, bytes: Uint8Array): Promise<void>;
	sync(): Promise<void>;
}
