/**
 * Any USB device, played from its descriptors: the device's side of the protocol of usbredir 0.7.
 *
 * It answers what it is asked of itself and nothing else, which is all that a system asks of a device that it
 * has no driver for.
 */
import type { Socket } from 'node:net';
import type { PlayedUsbDevice } from './board.ts';

const packet = {
	hello: 0,
	connect: 1,
	interfaces: 4,
	endpoints: 5,
	setConfiguration: 6,
	getConfiguration: 7,
} as const;
const configurationStatus = 8;
const setAltSetting = 9;
const altSettingStatus = 11;
const control = 100;

/** Of the greeting; in all that comes after it numbers of packets have 64 bits. */
const greetingHeaderBytes = 12;
const headerBytes = 16;
const highSpeed = 2;
const most = 32;
const stalled = 4;
/** Versions of devices, sizes of packets of endpoints, numbers of 64 bits, long transfers: what a fast controller asks for. */
const capabilities = (1 << 1) | (1 << 4) | (1 << 5) | (1 << 6);
const requestDescriptor = 6;

/** Begins to talk as that device. */
export function playDevice(device: PlayedUsbDevice, socket: Socket): void {
	let waiting = Buffer.alloc(0);
	let isGreeted = false;
	const send = (type: number, id: bigint, body: Uint8Array): void => {
		const header = Buffer.alloc(type === packet.hello ? greetingHeaderBytes : headerBytes);
		header.writeUInt32LE(type, 0);
		header.writeUInt32LE(body.length, 4);
		if (type !== packet.hello) header.writeBigUInt64LE(id, 8);
		socket.write(Buffer.concat([header, body]));
	};
	const hello = Buffer.alloc(68);
	hello.write('mullion bench');
	hello.writeUInt32LE(capabilities, 64);
	send(packet.hello, 0n, hello);
	socket.on('data', (bytes: Buffer<ArrayBuffer>) => {
		waiting = Buffer.concat([waiting, bytes]);
		for (;;) {
			const begin = isGreeted ? headerBytes : greetingHeaderBytes;
			if (waiting.length < begin) return;
			const end = begin + waiting.readUInt32LE(4);
			if (waiting.length < end) return;
			const id = isGreeted ? waiting.readBigUInt64LE(8) : 0n;
			answer(waiting.readUInt32LE(0), id, waiting.subarray(begin, end));
			waiting = waiting.subarray(end);
			isGreeted = true;
		}
	});

	function answer(type: number, id: bigint, body: Buffer): void {
		if (type === packet.hello) return present();
		if (type === packet.setConfiguration || type === packet.getConfiguration)
			return send(configurationStatus, id, Uint8Array.of(0, body[0] ?? 1));
		if (type === setAltSetting)
			return send(altSettingStatus, id, Uint8Array.of(0, body[0] ?? 0, body[1] ?? 0));
		if (type === control) send(control, id, controlled(body));
	}

	function present(): void {
		const { vendorId, productId, interfaces } = device;
		const described = Buffer.alloc(4 + 4 * most);
		described.writeUInt32LE(Math.min(interfaces, most), 0);
		for (let at = 0; at < most; at++) {
			described[4 + at] = at;
			described[4 + most + at] = 0xff;
		}
		send(packet.interfaces, 0n, described);
		// None but the one for control, in both directions: they are numbered in before out.
		const endpoints = Buffer.alloc(5 * most, 0);
		endpoints.fill(0xff, 0, most);
		endpoints[0] = 0;
		endpoints[most / 2] = 0;
		endpoints.writeUInt16LE(64, 3 * most);
		endpoints.writeUInt16LE(64, 3 * most + most);
		send(packet.endpoints, 0n, endpoints);
		const connect = Buffer.alloc(10);
		connect[0] = highSpeed;
		connect.writeUInt16LE(vendorId, 4);
		connect.writeUInt16LE(productId, 6);
		connect.writeUInt16LE(0x0100, 8);
		send(packet.connect, 0n, connect);
	}

	/** Endpoint, request, its type, status, value, index, length; what is answered comes behind. */
	function controlled(asked: Buffer): Buffer {
		const reply = Buffer.from(asked.subarray(0, 10));
		const isRead = ((asked[2] ?? 0) & 0x80) !== 0;
		const value = asked.readUInt16LE(4);
		const said =
			asked[1] === requestDescriptor && isRead
				? device.descriptor(value >> 8, value & 0xff)
				: isRead
					? new Uint8Array(asked.readUInt16LE(8))
					: new Uint8Array(0);
		if (said === undefined) reply[3] = stalled;
		const data = said?.subarray(0, asked.readUInt16LE(8)) ?? new Uint8Array(0);
		reply[3] = said === undefined ? stalled : 0;
		reply.writeUInt16LE(isRead ? data.length : asked.readUInt16LE(8), 8);
		return Buffer.concat([reply, data]);
	}
}
