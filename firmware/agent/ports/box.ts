/** What the agent tells of the box itself: who it is, its memory, its last start, its power and what is plugged in. */
import type { Stop } from './stop.ts';

export interface DeviceIdentity {
	readonly manufacturer: string;
	/** Six upper-case hexadecimal digits. */
	readonly manufacturerOui: string;
	readonly modelName: string;
	readonly productClass: string;
	readonly serialNumber: string;
	readonly hardwareVersion: string;
	readonly softwareVersion: string;
}

export interface MemoryStatus {
	readonly totalBytes: number;
	/** What could be had at once; what only caches files is in it. */
	readonly freeBytes: number;
}

export interface MemoryView {
	read(): Promise<MemoryStatus>;
}

/** In the order in which a start comes to them. */
export const bootStages = ['kernel', 'userland', 'network', 'node', 'platform', 'vm', 'cloud'] as const;

export type BootStage = (typeof bootStages)[number];

/** What was done from when to when, in milliseconds since the start began. */
export interface BootPhase {
	readonly stage: BootStage;
	readonly name: string;
	readonly startMs: number;
	readonly endMs: number;
}

/** How the last start went. */
export interface BootSource {
	/** In the order of their beginnings. */
	phases(): Promise<readonly BootPhase[]>;
}

export interface PowerStatus {
	readonly source: 'mains' | 'battery';
	/** Of the battery; undefined where there is none, or nobody knows. */
	readonly percent: number | undefined;
	/** Until it is empty; undefined on mains, and while nobody knows. */
	readonly minutesLeft: number | undefined;
	/** The box is about to switch itself off. */
	readonly isLast: boolean;
}

export interface PowerPort {
	status(): PowerStatus;
	onChange(listener: (status: PowerStatus) => void): Stop;
}

/** What is plugged in, as it describes itself, and what became of it. */
export interface DeviceStatus {
	/** Where it is plugged in, such as `1-1.2`. */
	readonly port: string;
	readonly vendorId: number;
	readonly productId: number;
	readonly deviceClass: number;
	readonly manufacturer: string;
	readonly product: string;
	readonly serial: string;
	readonly state: 'absent' | 'denied' | 'seeking' | 'unserved' | 'waiting' | 'served';
	/** The module that serves it, or empty. */
	readonly module: string;
	readonly reason: string;
}

export interface DeviceView {
	list(): readonly DeviceStatus[];
}
