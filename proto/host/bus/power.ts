/** Written by `npm run generate` from bus/power.proto; do not edit. */
// biome-ignore-all format: generated
// biome-ignore-all lint/suspicious/noShadowRestrictedNames: the names are those of the contract
import { type Codec, codecsOf } from '../codec.ts';

export const PowerSource = {
	POWER_SOURCE_UNSPECIFIED: 0,
	POWER_SOURCE_MAINS: 1,
	POWER_SOURCE_BATTERY: 2,
} as const;
export type PowerSource = number;

export interface PowerState {
	source: PowerSource;
	/** Missing where there is no battery, or nobody knows. */
	batteryPercent?: number;
	/** Until the battery is empty, while it is used. */
	minutesLeft?: number;
	/** The box is about to switch itself off. */
	isLast: boolean;
}

const codec = codecsOf('{"nested":{"mullion":{"nested":{"power":{"nested":{"PowerSource":{"values":{"POWER_SOURCE_UNSPECIFIED":0,"POWER_SOURCE_MAINS":1,"POWER_SOURCE_BATTERY":2}},"PowerState":{"oneofs":{"_batteryPercent":{"oneof":["batteryPercent"]},"_minutesLeft":{"oneof":["minutesLeft"]}},"fields":{"source":{"type":"PowerSource","id":1},"batteryPercent":{"type":"uint32","id":2,"protoName":"battery_percent","options":{"proto3_optional":true}},"minutesLeft":{"type":"uint32","id":3,"protoName":"minutes_left","options":{"proto3_optional":true}},"isLast":{"type":"bool","id":4,"protoName":"is_last"}}}}}}}}}');

export const PowerState: Codec<PowerState> = codec('mullion.power.PowerState');
