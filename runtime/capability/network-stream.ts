/** Fetches byte ranges for a VM, over the one network that the VM is bound to; and of recordings, over none. */
import { Alike } from '../alike.ts';
import type { Failure } from '../component/generated/service.ts';
import { anyText, list, object, orElse, rule } from '../field-rules.ts';
import { grantBy } from '../module/manifest.ts';
import { type NumberField, numbers } from '../module/number-field.ts';
import { effectsOf } from '../vm/box-effects.ts';
import type { BoxEffect, VmId } from '../vm/cell-protocol.ts';
import type { Allowances } from './allowances.ts';
import type { Capability, EffectHandlers, VmContext } from './capability.ts';
import type { RecordingStreams } from './recordings/recording-streams.ts';

export interface NetworkStreamGrant {
	/** Host names, `*` for any, and `recording:MODULE` for what a module has recorded. */
	readonly hosts: readonly string[];
	readonly maxStreams: number;
	/** Bytes one fetch may bring. */
	readonly maxFetchBytes: number;
	/** Bytes of content that a VM may fetch over its network in a day; infinite where the manifest says nothing. */
	readonly bytesPerDay: number;
	/** Each fetch goes over the best network there is, instead of the one that the VM is bound to. */
	readonly anyNetwork: boolean;
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

export interface NetworkStreamOptions {
	readonly streams: NetworkStreams;
	readonly allowances: Allowances;
	/** The network to fetch over where any will do; undefined where there is none. Default none. */
	readonly bestNetwork?: () => string | undefined;
	/** Without it, nobody may read recordings. */
	readonly recordings?: RecordingStreams;
}

type Fetch = Extract<BoxEffect, { tag: 'fetch' }>['val'];

/** What all VMs have in common. */
interface Network extends NetworkStreamOptions {
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
	anyNetwork: orElse(
		rule('true or false', (value): value is boolean => typeof value === 'boolean'),
		false,
	),
});

export function networkStream(options: NetworkStreamOptions): Capability<NetworkStreamGrant> {
	// No field of a grant can be null: an infinite one is told from all others.
	const grants = new Alike();
	const network: Network = { ...options, open: new Map() };

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

	fetch({ stream, url, offset, length }: Fetch): void {
		const mine = this.#mine();
		const { maxStreams, maxFetchBytes } = this.#grant;
		if (mine.has(stream)) return this.#tellFailed(stream, 'denied', 'this stream number is in use');
		if (mine.size >= maxStreams)
			return this.#fail(stream, 'denied', `${maxStreams} streams are open already`);
		if (length > maxFetchBytes)
			return this.#fail(stream, 'denied', `${length} bytes are more than the manifest grants`);
		const target = URL.parse(url);
		const range = { offset: Number(offset), length: Number(length), mostBytes: maxFetchBytes };
		if (target?.protocol === 'http:') this.#fetchRemote(stream, target, range);
		else if (target?.protocol === 'recording:') this.#fetchRecording(stream, target, range);
		else this.#fail(stream, 'denied', `"${url}" is not an http: address`);
	}

	'cancel-fetch'(stream: number): void {
		const mine = this.#network.open.get(this.#vm.id);
		mine?.get(stream)?.cancel();
		mine?.delete(stream);
	}

	#fetchRemote(stream: number, url: URL, range: ByteRange): void {
		const { streams, allowances, bestNetwork } = this.#network;
		const { hosts, bytesPerDay, anyNetwork } = this.#grant;
		const { id, name, baseband: bound } = this.#vm;
		const baseband = anyNetwork ? bestNetwork?.() : bound;
		if (baseband === undefined) return this.#fail(stream, 'unreachable', 'no network is there');
		if (baseband === '') return this.#fail(stream, 'denied', 'this VM is bound to no network');
		if (!hosts.includes('*') && !hosts.includes(url.hostname))
			return this.#fail(stream, 'denied', `the manifest does not grant the host ${url.hostname}`);
		const spent = `the ${bytesPerDay} bytes that its budget allows on ${baseband} in a day are used up`;
		const isSpent = (): void => {
			this.#vm.exceeded('network', spent);
			this.#fail(stream, 'denied', spent);
		};
		if (allowances.isSpent(name, bytesPerDay)) return isSpent();
		const mine = this.#mine();
		const opened = streams.open(
			{ baseband, vm: id, url, ...range },
			{
				...this.#handlers(stream),
				chunk: (at, bytes) => {
					const isWithin = allowances.take(name, bytesPerDay, bytes.length);
					this.#chunk(stream, at, bytes);
					if (isWithin || !mine.has(stream)) return;
					mine.get(stream)?.cancel();
					isSpent();
				},
			},
		);
		mine.set(stream, opened);
	}

	/** Content stays among the operator's own services: another one has what it has recorded itself. */
	#fetchRecording(stream: number, url: URL, range: ByteRange): void {
		const { name: reader, domain } = this.#vm.manifest;
		const [, module = '', name = ''] = /^([^/]+)\/([^/]+)$/.exec(url.pathname) ?? [];
		const isGranted = this.#grant.hosts.includes(`recording:${module}`);
		const { recordings } = this.#network;
		if (recordings === undefined || !isGranted || (domain !== 'authorized' && module !== reader))
			return this.#fail(stream, 'denied', `this module may not read what "${module}" has recorded`);
		this.#mine().set(stream, recordings.open({ module, name, ...range }, this.#handlers(stream)));
	}

	#handlers(stream: number): StreamHandlers {
		return {
			chunk: (at, bytes) => this.#chunk(stream, at, bytes),
			end: (size) => {
				this.#network.open.get(this.#vm.id)?.delete(stream);
				this.#vm.send({
					tag: 'stream-ended',
					val: { stream, outcome: { tag: 'ok', val: BigInt(size) } },
				});
			},
			fail: (failure, why) => this.#fail(stream, failure, why),
		};
	}

	#chunk(stream: number, at: number, bytes: Uint8Array): void {
		this.#vm.send({ tag: 'chunk', val: { stream, offset: BigInt(at), bytes } });
	}

	#fail(stream: number, failure: Failure, why: string): void {
		this.#network.open.get(this.#vm.id)?.delete(stream);
		this.#tellFailed(stream, failure, why);
	}

	#tellFailed(stream: number, failure: Failure, why: string): void {
		this.#vm.say({ level: 'warn', text: `stream ${stream} ${failure}: ${why}` });
		this.#vm.send({ tag: 'stream-ended', val: { stream, outcome: { tag: 'err', val: failure } } });
	}

	#mine(): Map<number, { cancel(): void }> {
		const { open } = this.#network;
		const mine = open.get(this.#vm.id) ?? new Map<number, { cancel(): void }>();
		open.set(this.#vm.id, mine);
		return mine;
	}
}

type ByteRange = Pick<StreamRequest, 'offset' | 'length' | 'mostBytes'>;
