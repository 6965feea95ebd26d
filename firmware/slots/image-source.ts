/** Where the bytes of an image come from, as a port. */
import type { BlockDevice } from './block-device.ts';
import type { UpdateDelta, UpdatePart } from './update-manifest.ts';

export interface ImageRequest {
	readonly image: UpdatePart;
	/** Where to begin. */
	readonly from: number;
	/** Patches that make it of other images; any of them may be used. */
	readonly deltas: readonly UpdateDelta[];
	/** Begins with the image that runs. */
	readonly old: BlockDevice;
	readonly signal?: AbortSignal | undefined;
}

export interface ImageSource {
	/** The image to its end, in chunks of any size. The bytes may be wrong: who writes them checks. */
	read(request: ImageRequest): AsyncIterable<Uint8Array>;
}
