/** From which signal on a network is good enough to go to, and below which it is left. */
export interface SignalThreshold {
	/** dBm a network must have for a session to go to it. */
	readonly enterDbm: number;
	/** dBm below which a session leaves it; lower than `enterDbm`, so that noise does not toggle. */
	readonly leaveDbm: number;
}

/** Thresholds by kind of network. A kind that is not named asks for nothing but that it is up. */
export type SignalThresholds = Readonly<Record<string, SignalThreshold>>;

/** RSSI for Wi-Fi, Bluetooth and GSM; RSRP for LTE and NR. */
export const usualSignalThresholds: SignalThresholds = {
	wifi: { enterDbm: -70, leaveDbm: -78 },
	bluetooth: { enterDbm: -75, leaveDbm: -82 },
	gsm: { enterDbm: -100, leaveDbm: -106 },
	lte: { enterDbm: -110, leaveDbm: -118 },
	nr: { enterDbm: -110, leaveDbm: -118 },
};

interface Heard {
	readonly kind: string;
	readonly signalDbm?: number;
}

/** True if a session may go to this network as far as its signal is concerned. */
export function hasEnoughSignal({ kind, signalDbm }: Heard, thresholds: SignalThresholds): boolean {
	const threshold = thresholdOf(kind, thresholds);
	return threshold === undefined || signalDbm === undefined || signalDbm >= threshold.enterDbm;
}

/** True if a session on this network should leave it for want of signal. */
export function hasLostSignal({ kind, signalDbm }: Heard, thresholds: SignalThresholds): boolean {
	const threshold = thresholdOf(kind, thresholds);
	return threshold !== undefined && signalDbm !== undefined && signalDbm < threshold.leaveDbm;
}

function thresholdOf(kind: string, thresholds: SignalThresholds): SignalThreshold | undefined {
	return Object.hasOwn(thresholds, kind) ? thresholds[kind] : undefined;
}
