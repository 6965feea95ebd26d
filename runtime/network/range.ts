/** How far a network reaches, which is what tells a cellular network from one at home. */
export type RangeClass = 'wide' | 'short' | 'wired';

/** A network that reaches less far than this, in metres, is short-range. */
export const shortRangeMetres = 800;

const classOfKind: Readonly<Record<string, RangeClass>> = {
	ethernet: 'wired',
	moca: 'wired',
	usb: 'wired',
	wifi: 'short',
	bluetooth: 'short',
	uwb: 'short',
	zigbee: 'short',
	gsm: 'wide',
	umts: 'wide',
	lte: 'wide',
	nr: 'wide',
	wimax: 'wide',
	satellite: 'wide',
};

/**
 * The class of a network of this kind. A known reach decides, except for a cable, which has none;
 * a kind nobody has heard of counts as wide, the class that is left soonest.
 */
export function rangeClassOf(kind: string, rangeMetres?: number): RangeClass {
	const usual = Object.hasOwn(classOfKind, kind) ? classOfKind[kind] : undefined;
	if (usual === 'wired' || rangeMetres === undefined) {
		return usual ?? 'wide';
	}
	return rangeMetres < shortRangeMetres ? 'short' : 'wide';
}
