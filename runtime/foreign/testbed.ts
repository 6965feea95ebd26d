/** Foreign components made in a test: WebAssembly text of WASI programs, and what runs them in a cell. */
import { readFile } from 'node:fs/promises';
import { componentEmbed, componentNew, parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { transpile } from '../../firmware/hal/transpile.ts';
import { appendSections } from '../../tools/build/section.ts';
import { type PreparedComponent, prepareComponent } from '../component/prepare.ts';
import { ManualClock } from '../manual-clock.ts';
import { simulatedEntropy } from '../simulated-entropy.ts';
import { bareSpec } from '../vm/bare-spec.fixture.ts';
import { Cell } from '../vm/cell.ts';
import type { CellCommand, CellReport, VmSpec } from '../vm/cell-protocol.ts';
import { foreignLinker } from './foreign-guest.ts';
import type { GlueMaker } from './glue.ts';

export const bytesOf = (text: string) => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

const adapter = new URL(
	'../lib/wasi_snapshot_preview1.command.wasm',
	import.meta.resolve('@bytecodealliance/jco'),
);

/** A component of `wasi:cli/command`, from a module of preview 1 as every toolchain makes it. */
export async function commandOf(text: string): Promise<Uint8Array> {
	const core = await parse(`(module ${text})`);
	return componentNew(core, [['wasi_snapshot_preview1', await readFile(adapter)]]);
}

/** A component of a world that is given as WIT, from a module with the names of the canonical ABI. */
export async function componentOf(text: string, witSource: string): Promise<Uint8Array> {
	const binary = await parse(`(module ${text})`);
	return componentNew(await componentEmbed({ binary, witSource, stringEncoding: 'utf8' }), []);
}

const sockets = `
	package acme:prying;
	package wasi:sockets@0.2.12 {
		interface network { enum error-code { unknown, access-denied } enum ip-address-family { ipv4, ipv6 } }
		interface tcp { resource tcp-socket; }
		interface tcp-create-socket {
			use network.{error-code, ip-address-family};
			use tcp.{tcp-socket};
			create-tcp-socket: func(address-family: ip-address-family) -> result<tcp-socket, error-code>;
		}
	}
	package wasi:cli@0.2.12 { interface run { run: func() -> result; } }
	world prying { import wasi:sockets/tcp-create-socket@0.2.12; export wasi:cli/run@0.2.12; }`;

/** A program that wants a TCP socket. It ends well where it is denied one with the answer that WASI has for it. */
export const socketMaker = (): Promise<Uint8Array> =>
	componentOf(
		`(import "wasi:sockets/tcp-create-socket@0.2.12" "create-tcp-socket" (func $create (param i32 i32)))
		(memory (export "memory") 1)
		(func (export "wasi:cli/run@0.2.12#run") (result i32)
			(call $create (i32.const 0) (i32.const 64))
			;; 0 where it was denied, so that the run is a good one
			(i32.eqz (i32.and (i32.load8_u (i32.const 64)) (i32.eq (i32.load8_u (i32.const 68)) (i32.const 1)))))`,
		sockets,
	);

/** A component of which only one part is not as it should be. */
export const runnable = ({
	core = '',
	extra = '',
	entry = 'run',
}: {
	core?: string;
	extra?: string;
	entry?: string;
}) =>
	parse(`(component
		(core module $m ${core} (memory (export "memory") 1) (func (export "run") (result i32) (i32.const 0)))
		(core instance $i (instantiate $m))
		${extra}
		(func $run (result (result)) (canon lift (core func $i "${entry}")))
		(instance $exported (export "run" (func $run)))
		(export "wasi:cli/run@0.2.0" (instance $exported)))`);

export const provided = new Map<string, string | undefined>([
	['mullion:service/log@0.1.0', undefined],
	['mullion:service/key-value@0.1.0', 'key-value'],
]);

export function withManifest(component: Uint8Array, fields: object = {}): Uint8Array {
	const manifest = { name: 'stranger', version: '1.0.0', vendor: 'acme', ...fields };
	return appendSections(component, new Map([['mullion:manifest', bytesOf(JSON.stringify(manifest))]]));
}

/** On this thread: a component that breaks the generator breaks it for all that come after. */
const glueHere: GlueMaker = { make: transpile };

export function prepared(
	component: Uint8Array,
	fields: object = {},
	glue = glueHere,
): Promise<PreparedComponent> {
	return prepareComponent(withManifest(component, fields), { provided, glue });
}

export interface ForeignBed {
	readonly clock: ManualClock;
	readonly said: CellReport[];
	do(command: CellCommand): void;
	start(change?: Partial<VmSpec>): void;
	/** A message for the VM; with a number, a request. */
	send(payload: Uint8Array | string, correlation?: number): void;
	lines(): string[];
	published(): Uint8Array[];
	faults(): string[];
	answers(): (string | Uint8Array)[];
}

/** A cell with one VM, whose topics somebody outside wants. */
export function bed(component: PreparedComponent): ForeignBed {
	const { manifest } = component;
	const clock = new ManualClock();
	const said: CellReport[] = [];
	const cell = new Cell({
		clock,
		linkForeign: foreignLinker(simulatedEntropy()),
		report: (reports) => said.push(...reports),
		wake: () => undefined,
	});
	const run = (command: CellCommand): void => {
		cell.accept(command);
		while (cell.run(64));
	};
	const topic = Object.keys(manifest.subscribes)[0] ?? '';
	run({ tag: 'wanted', topics: Object.keys(manifest.publishes) });
	return {
		clock,
		said,
		do: run,
		start: (change = {}) =>
			run({ tag: 'start', vm: 1, spec: bareSpec(component, { clockStepUs: 1000, ...change }) }),
		send: (payload, correlation) => {
			const bytes = typeof payload === 'string' ? bytesOf(payload) : payload;
			if (correlation === undefined) run({ tag: 'publish', topic, sender: 0, payload: bytes });
			else run({ tag: 'request', vm: 1, topic, sender: 0, correlation, deadlineMs: 1000, payload: bytes });
		},
		lines: () => said.flatMap((r) => (r.tag === 'log' ? [r.line.text] : [])),
		published: () => said.flatMap((r) => (r.tag === 'published' ? [r.payload] : [])),
		faults: () => said.flatMap((r) => (r.tag === 'fault' ? [r.code] : [])),
		answers: () => said.flatMap((r) => (r.tag === 'answer' ? [r.outcome.val] : [])),
	};
}
