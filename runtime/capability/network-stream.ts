/** Fetches byte ranges for a VM, over the one network that the VM is bound to. */
import { Alike } from '../alike.ts';
import type { Failure } from '../component/generated/service.ts';
import { anyText, list, object } from '../field-rules.ts';
import { grantBy } from '../module/manifest.ts';
import { type NumberField, numbers } from '../module/number-field.ts';
import { effectsOf } from '../vm/box-effects.ts';
import type { BoxEffect, VmId } from '../vm/cell-protocol.ts';
import type { Allowances } from './allowances.ts';
import type { Capability, EffectHandlers, VmContext } from './capability.ts';

export interface NetworkStreamGrant {
	/** Host names, or `*` for any. */
	readonly hosts: readonly string[];
	readonly maxStreams: number;
	/** Bytes one fetch may bring. */
	readonly maxFetchBytes: number;
	/** Bytes of content that a VM may fetch over its network in a day; infinite where the manifest says nothing. */
	readonly bytesPerDay: number;
}

export interface StreamRequest {
	readonly baseband: string;
	/** Whose bytes these are, for the meter. */
	readonly vm: VmId;
	readonly url: URL;
	readonly offset: number;
	/** 0 is: to the end. */
	readonly length: number;
	/** A response that would bring more is `malformed`. */
	readonly mostBytes: number;
}

export interface StreamHandlers {
	/** In order and without holes; `offset` is the place in the resource. */
	chunk(offset: number, bytes: Uint8Array): void;
	/** All that was asked for has come; `size` is that of the whole resource. */
	end(size: number): void;
	fail(failure: Failure, why: string): void;
}

/** The way to the network as a port: exactly one of `end` and `fail` is called, and nothing after it. */
export interface NetworkStreams {
	/** Never throws, and calls no handler before it returns. After `cancel` none is called any more. */
	open(request: StreamRequest, handlers: StreamHandlers): { cancel(): void };
}

type Fetch = Extract<BoxEffect, { tag: 'fetch' }>['val'];

/** What all VMs have in common. */
interface Network {
	readonly streams: NetworkStreams;
	readonly allowances: Allowances;
	readonly open: Map<VmId, Map<number, { cancel(): void }>>;
}

const ends = 'the fetch ends with `denied`';

export const networkStreamFields = {
	maxStreams: { fallback: 2, most: 16, what: 'Fetches that are open at once.', beyond: ends },
	maxFetchBytes: {
		fallback: 1_048_576,
		most: 16_777_216,
		what: 'Bytes that one fetch may bring.',
		beyond: `asked for, ${ends}; sent by a server all the same, with \`malformed\``,
	},
	bytesPerDay: {
		fallback: Infinity,
		most: Number.MAX_SAFE_INTEGER,
		what: 'Bytes that a VM may fetch over its network in a day: so many at once, and as many come back over each day, whether the box restarts or not. A power cut forgets less than a sixteenth of them.',
		beyond: `${ends} (named \`network\`)`,
	},
} as const satisfies Record<string, NumberField>;

const grantRule = object('an object', {
	hosts: list('a list of host names, or of "*"', anyText('a host name'), { least: 1 }),
	...numbers(networkStreamFields),
});

export function networkStream(
	streams: NetworkStreams,
	allowances: Allowances,
): Capability<NetworkStreamGrant> {
	// No field of a grant can be null: an infinite one is told from all others.
	const grants = new Alike();
	const network: Network = { streams, allowances, open: new Map() };

	const close = (vm: VmContext): void => {
		for (const stream of network.open.get(vm.id)?.values() ?? []) stream.cancel();
		network.open.delete(vm.id);
	};

	return {
		name: 'network-stream',
		effects: effectsOf('network-stream'),
		parse: grantBy('network-stream', grantRule),
		link: (grant, vm) => {
			close(vm);
			return { effects: new Fetcher(network, grants.of(grant), vm) };
		},
		quota: ({ maxStreams, maxFetchBytes, bytesPerDay }) => ({ maxStreams, maxFetchBytes, bytesPerDay }),
		close,
	};
}

class Fetcher implements EffectHandlers {
	readonly #network: Network;
	readonly #grant: NetworkStreamGrant;
	readonly #vm: VmContext;

	constructor(network: Network, grant: NetworkStreamGrant, vm: VmContext) {
		this.#network = network;
		this.#grant = grant;
		this.#vm = vm;
	}

	fetch(fetch: Fetch): void {
		const { streams, allowances, open } = this.#network;
		const mine = open.get(this.#vm.id) ?? new Map();
		open.set(this.#vm.id, mine);
		start({ fetch, grant: this.#grant, vm: this.#vm, mine, streams, allowances });
	}

	'cancel-fetch'(stream: number): void {
		const mine = this.#network.open.get(this.#vm.id);
		mine?.get(stream)?.cancel();
		mine?.delete(stream);
	}
}

function start({
	fetch: { stream, url, offset, length },
	grant,
	vm,
	mine,
	streams,
	allowances,
}: {
	fetch: Fetch;
	grant: NetworkStreamGrant;
	vm: VmContext;
	mine: Map<number, { cancel(): void }>;
	streams: NetworkStreams;
	allowances: Allowances;
}): void {
	const fail = (failure: Failure, why: string): void => {
		mine.delete(stream);
		vm.say({ level: 'warn', text: `stream ${stream} ${failure}: ${why}` });
		vm.send({ tag: 'stream-ended', val: { stream, outcome: { tag: 'err', val: failure } } });
	};
	const target = URL.parse(url);
	if (mine.has(stream)) return fail('denied', 'this stream number is in use');
	if (mine.size >= grant.maxStreams) return fail('denied', `${grant.maxStreams} streams are open already`);
	if (vm.baseband === '') return fail('denied', 'this VM is bound to no network');
	if (target === null || target.protocol !== 'http:')
		return fail('denied', `"${url}" is not an http: address`);
	if (!grant.hosts.includes('*') && !grant.hosts.includes(target.hostname))
		return fail('denied', `the manifest does not grant the host ${target.hostname}`);
	if (length > grant.maxFetchBytes)
		return fail('denied', `${length} bytes are more than the manifest grants`);
	const spent = `the ${grant.bytesPerDay} bytes that its budget allows on ${vm.baseband} in a day are used up`;
	const isSpent = (): void => {
		vm.exceeded('network', spent);
		fail('denied', spent);
	};
	if (allowances.isSpent(vm.name, grant.bytesPerDay)) return isSpent();
	const request = {
		baseband: vm.baseband,
		vm: vm.id,
		url: target,
		offset: Number(offset),
		length: Number(length),
		mostBytes: grant.maxFetchBytes,
	};
	const opened = streams.open(request, {
		chunk: (at, bytes) => {
			const isWithin = allowances.take(vm.name, grant.bytesPerDay, bytes.length);
			vm.send({ tag: 'chunk', val: { stream, offset: BigInt(at), bytes } });
			if (isWithin || !mine.has(stream)) return;
			mine.get(stream)?.cancel();
			isSpent();
		},
		end: (size) => {
			mine.delete(stream);
			vm.send({ tag: 'stream-ended', val: { stream, outcome: { tag: 'ok', val: BigInt(size) } } });
		},
		fail,
	});
	mine.set(stream, opened);
}
