import { readFile } from 'node:fs/promises';
import test from 'ava';
import { Request, Response } from '../../proto/host/bus/http.ts';
import { bed, bytesOf, componentOf, prepared, textOf } from './testbed.ts';

const wasi = new URL('../lib/wit/builtin/0.2.12/', import.meta.resolve('@bytecodealliance/jco'));

/** WIT of WASI as its toolchains have it, in one text; `main` is the package that the world is in. */
async function witOf(main: string): Promise<string> {
	const names = ['http', 'cli', 'clocks', 'filesystem', 'io', 'random', 'sockets'];
	const packages = names.map(async (name) => {
		const text = await readFile(new URL(`wasi-${name}/package.wit`, wasi), 'utf8');
		const [, head = '', body = ''] = /^package ([^;]+);([\s\S]*)$/m.exec(text) ?? [];
		return `package ${head} {${body}}`;
	});
	return [main, ...(await Promise.all(packages))].join('\n');
}

const types = 'wasi:http/types@0.2.12';
const streams = 'wasi:io/streams@0.2.12';

/** Answers 201 with the path of the request, and with a header `x: y`; a path that begins with `!` gets nothing. */
const handler = `
	(import "${types}" "[method]incoming-request.path-with-query" (func $path (param i32 i32)))
	(import "${types}" "[constructor]fields" (func $fields (result i32)))
	(import "${types}" "[method]fields.append" (func $append (param i32 i32 i32 i32 i32 i32)))
	(import "${types}" "[constructor]outgoing-response" (func $response (param i32) (result i32)))
	(import "${types}" "[method]outgoing-response.set-status-code" (func $status (param i32 i32) (result i32)))
	(import "${types}" "[method]outgoing-response.body" (func $body (param i32 i32)))
	(import "${types}" "[method]outgoing-body.write" (func $stream (param i32 i32)))
	(import "${types}" "[static]outgoing-body.finish" (func $finish (param i32 i32 i32 i32)))
	(import "${types}" "[static]response-outparam.set"
		(func $set (param i32 i32 i32 i32 i64 i32 i32 i32 i32)))
	(import "${streams}" "[method]output-stream.blocking-write-and-flush" (func $write (param i32 i32 i32 i32)))
	(import "${streams}" "[resource-drop]output-stream" (func $drop (param i32)))
	(memory (export "memory") 1)
	(data (i32.const 512) "xy")
	(global $free (mut i32) (i32.const 1024))
	(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
		(global.get $free)
		(global.set $free (i32.add (global.get $free) (local.get 3))))
	(func (export "wasi:http/incoming-handler@0.2.12#handle") (param $request i32) (param $out i32)
		(local $response i32) (local $body i32) (local $stream i32) (local $fields i32)
		(call $path (local.get $request) (i32.const 0))
		(if (i32.eq (i32.load8_u (i32.load (i32.const 4))) (i32.const 33)) (then (return)))
		(local.set $fields (call $fields))
		(call $append (local.get $fields) (i32.const 512) (i32.const 1) (i32.const 513) (i32.const 1) (i32.const 32))
		(local.set $response (call $response (local.get $fields)))
		(drop (call $status (local.get $response) (i32.const 201)))
		(call $body (local.get $response) (i32.const 32))
		(local.set $body (i32.load (i32.const 36)))
		(call $stream (local.get $body) (i32.const 32))
		(local.set $stream (i32.load (i32.const 36)))
		(call $set (local.get $out) (i32.const 0) (local.get $response) (i32.const 0) (i64.const 0)
			(i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
		(call $write (local.get $stream) (i32.load (i32.const 4)) (i32.load (i32.const 8)) (i32.const 32))
		(call $drop (local.get $stream))
		(call $finish (local.get $body) (i32.const 0) (i32.const 0) (i32.const 32)))`;

const component = componentOf(
	handler,
	await witOf(`package acme:site;
		world site { import wasi:http/types@0.2.12; export wasi:http/incoming-handler@0.2.12; }`),
);
const topics = {
	subscribes: { 'site.requests': 'mullion.http.Request' },
	publishes: { 'site.responses': 'mullion.http.Response' },
};

const started = async () => {
	const vm = bed(await prepared(await component, topics));
	vm.start();
	return vm;
};

test('a request on the bus is answered by the handler: status, headers and body', async (t) => {
	const vm = await started();
	vm.send(Request.encode({ method: 'GET', pathWithQuery: '/index?a=b' }), 3);
	const [answer] = vm.said.flatMap((r) => (r.tag === 'answer' ? [r] : []));
	if (answer?.outcome.tag !== 'ok') return t.fail(JSON.stringify(vm.said));
	const { status, headers, body } = Response.decode(answer.outcome.val);
	t.is(status, 201);
	t.deepEqual(headers, [{ name: 'x', value: bytesOf('y') }]);
	t.is(textOf(body), '/index?a=b');
});

test('a request that is published has its response published', async (t) => {
	const vm = await started();
	vm.send(Request.encode({ pathWithQuery: '/' }));
	t.deepEqual(
		vm.published().map((bytes) => Response.decode(bytes).status),
		[201],
	);
});

test('a handler that gives no response, and bytes that are no request, are refused to who asked', async (t) => {
	const vm = await started();
	vm.send(Request.encode({ pathWithQuery: '!' }), 4);
	vm.send(Uint8Array.of(0xff), 5);
	vm.send(Uint8Array.of(0xff));
	const outcomes = vm.said.flatMap((r) => (r.tag === 'answer' ? [r.outcome] : []));
	t.deepEqual(outcomes, [
		{ tag: 'err', val: 'refused' },
		{ tag: 'err', val: 'refused' },
	]);
	t.deepEqual(vm.faults(), []);
	t.true(vm.lines().includes('a request has no response: the message is no request'));
});

test('a request leaves no trace in the next one', async (t) => {
	const vm = await started();
	for (let times = 0; times < 20; times++) vm.send(Request.encode({ pathWithQuery: `/${times}` }));
	t.deepEqual(
		vm.published().map((bytes) => textOf(Response.decode(bytes).body)),
		Array.from({ length: 20 }, (_, times) => `/${times}`),
	);
});
