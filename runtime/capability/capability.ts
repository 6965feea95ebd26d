/**
 * What a VM may be granted, and the four functions that every capability has: read one, read all.
 *
 * `parse` reads the grant from the manifest, `link` ties one VM to the box, `quota` says what the
 * VM can use up at most, `close` frees what it held when the VM ends.
 */
import type { Manifest } from '../module/manifest.ts';
import type { BudgetName } from '../vm/budget-name.ts';
import type { BoxEffect, BoxEvent, LogLine, VmId, VmSpec } from '../vm/cell-protocol.ts';

/** Every one that the platform has; a box may do without some. */
export const capabilityNames = [
	'clock',
	'key-value',
	'log',
	'media-sink',
	'network-stream',
	'recordings',
	'serial',
] as const;

/** The VM as a capability sees it. */
export interface VmContext {
	readonly id: VmId;
	readonly name: string;
	readonly manifest: Manifest;
	/** Empty when the VM is bound to no network. */
	readonly baseband: string;
	/** Hands an event to the VM; lost when the VM is gone by then. */
	send(event: BoxEvent): void;
	/** Writes a line of the platform's own into the VM's log. */
	say(line: LogLine): void;
	/** It wanted more than its budget of this name. */
	exceeded(budget: BudgetName, detail: string): void;
}

export type EffectHandlers = {
	readonly [Tag in BoxEffect['tag']]?: (effect: Extract<BoxEffect, { tag: Tag }>['val']) => void;
};

export interface Link {
	/** What the cell has to know of the grant. */
	readonly spec?: Partial<Pick<VmSpec, 'log' | 'bucket' | 'bucketBytes' | 'clockStepUs'>>;
	/** Who carries out the effects that the capability names. */
	readonly effects?: EffectHandlers;
}

/** Upper bounds, for showing and for admission. */
export type Quota = Readonly<Record<string, number>>;

export interface Capability<Grant = unknown> {
	/** Its name in a manifest. */
	readonly name: (typeof capabilityNames)[number];
	/** Interface of synchronous imports that comes with it, if any. */
	readonly imports?: string;
	/** True for what every VM has, asked for or not. */
	readonly isForEveryone?: boolean;
	/** Effects that come with it, if any. */
	readonly effects?: readonly BoxEffect['tag'][];
	/** @param grant as written in the manifest; @throws ManifestError `bad-manifest` */
	parse(grant: unknown, manifest: Manifest): Grant;
	link(grant: Grant, vm: VmContext): Link | Promise<Link>;
	quota(grant: Grant): Quota;
	close(vm: VmContext): void;
}
