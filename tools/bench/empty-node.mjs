/** The least that a box with this kernel and this Node can do: says over MQTT 3.1.1 how much memory is free. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

const everyMs = 1000;
const retryMs = 100;
const { broker } = JSON.parse(readFileSync(process.argv[process.argv.indexOf('--config') + 1], 'utf8'));
const { hostname, port } = new URL(broker);

const text = (value) => {
	const bytes = Buffer.from(value);
	return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
};
/** All of them are shorter than 128 bytes. */
const packet = (type, ...parts) => {
	const body = Buffer.concat(parts);
	return Buffer.concat([Buffer.from([type, body.length]), body]);
};
/** Version 4, clean, without keepalive. */
const hello = packet(0x10, text('MQTT'), Buffer.from([4, 2, 0, 0]), text('empty-node'));
const memory = () => {
	const words = readFileSync('/proc/meminfo', 'utf8');
	const kibibytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(words)[1]);
	const state = { total: kibibytes('MemTotal'), free: kibibytes('MemAvailable') };
	return packet(0x30, text('empty-node/memory'), Buffer.from(JSON.stringify(state)));
};

/** The network comes up beside us. */
const start = () => {
	const socket = connect(Number(port), hostname, () => socket.setNoDelay(true).write(hello));
	socket.once('data', () => {
		socket.write(memory());
		setInterval(() => socket.write(memory()), everyMs);
	});
	socket.on('error', () => setTimeout(start, retryMs));
};
start();
