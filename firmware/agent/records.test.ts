import test from 'ava';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { Msg } from '../../proto/host/cloud/usp/usp-msg.ts';
import { Record as UspRecord } from '../../proto/host/cloud/usp/usp-record.ts';
import { connectRecord, messageRecord, readRecord } from './records.ts';

const agent = 'os::agent';
const operator = 'self::operator';
const read = (bytes: Uint8Array) =>
	readRecord({ bytes, endpointId: agent, isKnown: (id) => id === operator });
const get = {
	header: { msgId: '1', msgType: 1 },
	body: { request: { get: { paramPaths: ['Device.'], maxDepth: 2 } } },
};
const good = messageRecord({ from: operator, to: agent }, get);

test('a message is read as it was written', (t) => {
	const incoming = read(good);

	t.is(incoming.kind, 'message');
	t.like(incoming, { from: operator, message: get });
});

test('the numbers on the wire are those of the standard', (t) => {
	// Written by hand, tag by tag, from TR-369 usp-record-1-4 and usp-msg-1-4.
	const operate = protobuf.Writer.create();
	operate.uint32((1 << 3) | 2).string('Device.Reboot()');
	operate.uint32((2 << 3) | 2).string('key');
	operate.uint32((3 << 3) | 0).bool(true);
	operate.uint32((4 << 3) | 2).fork();
	operate
		.uint32((1 << 3) | 2)
		.string('Cause')
		.uint32((2 << 3) | 2)
		.string('LocalReboot')
		.ldelim();
	const message = protobuf.Writer.create();
	message.uint32((1 << 3) | 2).fork();
	message
		.uint32((1 << 3) | 2)
		.string('id-1')
		.uint32((2 << 3) | 0)
		.int32(6)
		.ldelim();
	message
		.uint32((2 << 3) | 2)
		.fork()
		.uint32((1 << 3) | 2)
		.fork();
	message
		.uint32((7 << 3) | 2)
		.bytes(operate.finish())
		.ldelim()
		.ldelim();
	const record = protobuf.Writer.create();
	record
		.uint32((1 << 3) | 2)
		.string('1.3')
		.uint32((2 << 3) | 2)
		.string(agent)
		.uint32((3 << 3) | 2)
		.string(operator);
	record
		.uint32((7 << 3) | 2)
		.fork()
		.uint32((2 << 3) | 2)
		.bytes(message.finish())
		.ldelim();

	t.like(read(new Uint8Array(record.finish())), {
		kind: 'message',
		from: operator,
		message: {
			header: { msgId: 'id-1', msgType: 6 },
			body: {
				request: {
					operate: {
						command: 'Device.Reboot()',
						commandKey: 'key',
						sendResp: true,
						inputArgs: { Cause: 'LocalReboot' },
					},
				},
			},
		},
	});
});

test('error codes are fixed32 on the wire, as the standard has them', (t) => {
	const bytes = Msg.encode({
		header: { msgId: 'x', msgType: 0 },
		body: { error: { errCode: 7004, errMsg: '' } },
	});

	// field 1, wire type 5, 7004 little-endian
	const hex = Buffer.from(bytes).toString('hex');
	t.true(hex.includes('0d5c1b0000'), hex);
});

test('whatever bytes arrive, reading them ends in silence or in something to answer', (t) => {
	const damaged = fc
		.tuple(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length))
		.map(([at, value, length]) => good.with(at, value).slice(0, length));
	fc.assert(
		fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), damaged), (bytes) => {
			const { kind } = read(bytes);
			return ['message', 'connect', 'disconnect', 'refused', 'dropped'].includes(kind);
		}),
		{ numRuns: 1000 },
	);
	t.pass();
});

test('nobody hears anything who is unknown, who speaks to another box, or who has our name', (t) => {
	const unknown = messageRecord({ from: 'self::stranger', to: agent }, get);
	const elsewhere = messageRecord({ from: operator, to: 'os::another' }, get);
	const ourselves = messageRecord({ from: agent, to: agent }, get);

	t.deepEqual(read(unknown), { kind: 'dropped', reason: 'unknown-sender' });
	t.deepEqual(read(elsewhere), { kind: 'dropped', reason: 'not-for-us' });
	t.deepEqual(read(ourselves), { kind: 'dropped', reason: 'not-for-us' });
});

test('a session context is refused with 7106, whoever known asks for it', (t) => {
	const bytes = UspRecord.encode({
		version: '1.4',
		fromId: operator,
		toId: agent,
		sessionContext: { sessionId: 1 },
	});

	t.like(read(bytes), { kind: 'refused', messageId: '', fault: { code: 7106 } });
});

test('a request in a record of another major version is answered with 7104', (t) => {
	const noSessionContext = { payload: Msg.encode(get) };
	const bytes = UspRecord.encode({ version: '2.0', fromId: operator, toId: agent, noSessionContext });

	t.like(read(bytes), { kind: 'refused', messageId: '1', fault: { code: 7104 } });
});

test('every minor version is understood', (t) => {
	const noSessionContext = { payload: Msg.encode(get) };
	for (const version of ['1.0', '1.3', '1.27']) {
		const bytes = UspRecord.encode({ version, fromId: operator, toId: agent, noSessionContext });
		t.is(read(bytes).kind, 'message');
	}
});

test('a payload that is no message, or a message without an id, is dropped', (t) => {
	const of = (payload: Uint8Array) =>
		read(UspRecord.encode({ version: '1.4', fromId: operator, toId: agent, noSessionContext: { payload } }));

	t.like(of(new Uint8Array([0xff, 0xff, 0xff])), { reason: 'malformed-message' });
	t.like(of(Msg.encode({ body: get.body })), { reason: 'malformed-message' });
});

test('a connect record says where its sender listens', (t) => {
	const bytes = connectRecord({ from: operator, to: agent }, 'some/topic');

	t.deepEqual(read(bytes), { kind: 'connect', from: operator, topic: 'some/topic' });
});
