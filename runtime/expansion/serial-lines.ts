/** Serial lines of devices, as a port. */

export interface SerialHandlers {
	/** What has come, in order; nothing more comes before it has resolved. */
	data(bytes: Uint8Array): Promise<void>;
	/** Nothing more comes: it was pulled out, or could not be opened. */
	lost(why: string): void;
}

export interface SerialLine {
	/** False when so much waits that this is lost. */
	write(bytes: Uint8Array): boolean;
	/** After this no handler is called any more. */
	close(): void;
}

export interface SerialLines {
	/** Never throws. @param line its file, such as `ttyUSB0` */
	open(line: string, options: { readonly baud: number }, handlers: SerialHandlers): SerialLine;
}
