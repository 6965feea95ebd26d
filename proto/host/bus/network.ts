/** Written by `npm run generate` from bus/network.proto; do not edit. */
// biome-ignore-all format: generated
// biome-ignore-all lint/suspicious/noShadowRestrictedNames: the names are those of the contract
import { type Codec, codecsOf } from '../codec.ts';

export const Range = {
	RANGE_UNSPECIFIED: 0,
	RANGE_WIDE: 1,
	RANGE_SHORT: 2,
	RANGE_WIRED: 3,
} as const;
export type Range = number;

export interface Baseband {
	id: string;
	kind: string;
	range: Range;
	up: boolean;
	signalDbm: number;
	speedKbps: number;
	costPerMb: number;
}

export interface NetworkState {
	basebands: Baseband[];
}

const codec = codecsOf('{"nested":{"mullion":{"nested":{"network":{"nested":{"Baseband":{"fields":{"id":{"type":"string","id":1},"kind":{"type":"string","id":2},"range":{"type":"Range","id":3},"up":{"type":"bool","id":4},"signalDbm":{"type":"sint32","id":5,"protoName":"signal_dbm"},"speedKbps":{"type":"uint32","id":6,"protoName":"speed_kbps"},"costPerMb":{"type":"double","id":7,"protoName":"cost_per_mb"}}},"NetworkState":{"fields":{"basebands":{"rule":"repeated","type":"Baseband","id":1}}},"Range":{"values":{"RANGE_UNSPECIFIED":0,"RANGE_WIDE":1,"RANGE_SHORT":2,"RANGE_WIRED":3}}}}}}}}');

export const Baseband: Codec<Baseband> = codec('mullion.network.Baseband');
export const NetworkState: Codec<NetworkState> = codec('mullion.network.NetworkState');
