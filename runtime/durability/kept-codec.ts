/**
 * The codec of what is kept, loaded with the first journal: it takes megabytes that a cell without a VM that
 * is kept does without.
 */
type KeptCodec = Pick<
	typeof import('../../proto/host/durability/kept.ts'),
	'Kept' | 'Rest' | 'Joined' | 'Audience'
>;

let loaded: KeptCodec | undefined;

export async function loadKeptCodec(): Promise<void> {
	loaded ??= await import('../../proto/host/durability/kept.ts');
}

/** To be used once it is loaded. */
export function keptCodec(): KeptCodec {
	if (loaded === undefined) throw new TypeError('the codec of what is kept is not loaded');
	return loaded;
}
