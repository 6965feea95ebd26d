import test from 'ava';
import { bed, componentOf, prepared } from './testbed.ts';

/** A command that does something with input streams, by numbers that it may never have been given. */
const usingStreams = async (handles: string): Promise<string[]> => {
	const component = await componentOf(
		`(import "wasi:io/streams@0.2.12" "[resource-drop]input-stream" (func $drop (param i32)))
		(import "wasi:io/streams@0.2.12" "[method]input-stream.subscribe" (func $subscribe (param i32) (result i32)))
		(import "wasi:cli/stdin@0.2.12" "get-stdin" (func $stdin (result i32)))
		(memory (export "memory") 1)
		(func (export "wasi:cli/run@0.2.12#run") (result i32) ${handles} (i32.const 0))`,
		`package acme:dropper;
		package wasi:io@0.2.12 {
			interface poll { resource pollable; }
			interface streams {
				use poll.{pollable};
				resource input-stream { subscribe: func() -> pollable; }
			}
		}
		package wasi:cli@0.2.12 {
			interface stdin { use wasi:io/streams@0.2.12.{input-stream}; get-stdin: func() -> input-stream; }
			interface run { run: func() -> result; }
		}
		world dropper {
			import wasi:io/streams@0.2.12;
			import wasi:cli/stdin@0.2.12;
			export wasi:cli/run@0.2.12;
		}`,
	);
	const vm = bed(await prepared(component, { budget: { turnMs: 10_000, memoryPages: 32 } }));
	vm.start();
	return vm.said.flatMap((r) => (r.tag === 'fault' ? [`${r.code} ${r.message}`] : []));
};

test('a handle that was never given, or stands for another, is a trap', async (t) => {
	t.deepEqual(await usingStreams('(call $drop (call $stdin))'), []);
	for (const handle of ['(i32.const 5)', '(i32.const -1)', '(i32.const 0)'])
		t.regex((await usingStreams(`(call $drop ${handle})`)).join(), /^trapped .*unknown handle/, handle);
	const alias = '(call $drop (i32.or (call $stdin) (i32.const 0x80000000)))';
	t.regex((await usingStreams(alias)).join(), /^trapped .*unknown handle/);
});

test('a method of the host is called for no handle that was never given, or was dropped', async (t) => {
	t.deepEqual(await usingStreams('(drop (call $subscribe (call $stdin)))'), []);
	t.regex((await usingStreams('(drop (call $subscribe (i32.const 5)))')).join(), /^trapped .*unknown handle/);
	const dropped = `(local $stream i32)
		(local.set $stream (call $stdin))
		(call $drop (local.get $stream))
		(drop (call $subscribe (local.get $stream)))`;
	t.regex((await usingStreams(dropped)).join(), /^trapped .*unknown handle/);
});

test('handles without end are a trap', async (t) => {
	t.regex((await usingStreams('(loop (drop (call $stdin)) (br 0))')).join(), /^trapped .*too many handles/);
});
