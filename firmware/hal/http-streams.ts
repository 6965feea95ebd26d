/** Byte ranges over HTTP/1.1 (RFC 9110 section 14), each leaving the box by the network it belongs to. */
import { Agent, type IncomingMessage, request } from 'node:http';
import type {
	NetworkStreams,
	StreamHandlers,
	StreamRequest,
} from '../../runtime/capability/network-stream.ts';
import type { Failure } from '../../runtime/component/generated/service.ts';

/** What the box knows of a network's way out. */
export interface NetworkPath {
	/** Source address that leads out by this network. */
	readonly localAddress: string | undefined;
	/** Names as this network resolves them: host name -> `address:port`. Others must be addresses. */
	readonly hosts: Readonly<Record<string, string>>;
	readonly isUp: boolean;
}

export interface HttpStreamsOptions {
	readonly pathOf: (baseband: string) => NetworkPath | undefined;
	/** Payload bytes that went over a network for a VM. */
	readonly count: (use: { baseband: string; vm: number; bytesUp: number; bytesDown: number }) => void;
	/** A transfer that went as fast as the network could, from asking for it to its last byte. */
	readonly measured: (transfer: { baseband: string; bytes: number; ms: number }) => void;
	/** Longest time without a byte. Default 8000. */
	readonly stallMs?: number;
}

export interface HttpStreams extends NetworkStreams {
	/** The network is gone: what runs over it ends `unreachable` now, not after a stall. */
	drop(baseband: string): void;
	close(): void;
}

export function httpStreams({ pathOf, count, measured, stallMs = 8000 }: HttpStreamsOptions): HttpStreams {
	const running = new Map<OneEnd, { baseband: string; abort: () => void }>();
	const agents = new Map<string, Agent>();
	const agentOf = (baseband: string): Agent => {
		const agent = agents.get(baseband) ?? new Agent({ keepAlive: true, maxSockets: 4 });
		agents.set(baseband, agent);
		return agent;
	};
	return {
		open: (wanted, handlers) => {
			const path = pathOf(wanted.baseband);
			const once = onlyOneEnd(handlers);
			if (path?.isUp !== true) {
				// The port never calls back before it returns.
				setImmediate(() => once.fail('unreachable', `${wanted.baseband} is down`));
				return { cancel: once.silence };
			}
			const agent = agentOf(wanted.baseband);
			const abort = send({ wanted, path, agent, stallMs, handlers: once, count, measured });
			running.set(once, { baseband: wanted.baseband, abort });
			once.whenOver = () => running.delete(once);
			return {
				cancel: () => {
					once.silence();
					abort();
				},
			};
		},
		drop: (baseband) => {
			for (const [handlers, { baseband: by, abort }] of [...running]) {
				if (by !== baseband) continue;
				handlers.fail('unreachable', `${baseband} went down`);
				abort();
			}
			agents.get(baseband)?.destroy();
			agents.delete(baseband);
		},
		close: () => {
			for (const [handlers, { abort }] of [...running]) {
				handlers.silence();
				abort();
			}
			for (const agent of agents.values()) agent.destroy();
		},
	};
}

interface OneEnd extends StreamHandlers {
	/** No handler is called from now on. */
	silence(): void;
	/** Called once, when the end has come or silence was asked for. */
	whenOver: () => void;
}

function onlyOneEnd(handlers: StreamHandlers): OneEnd {
	let isOver = false;
	const finish = (tell: () => void): void => {
		if (isOver) return;
		isOver = true;
		tell();
		one.whenOver();
	};
	const one: OneEnd = {
		chunk: (offset, bytes) => {
			if (!isOver) handlers.chunk(offset, bytes);
		},
		end: (size) => finish(() => handlers.end(size)),
		fail: (failure, why) => finish(() => handlers.fail(failure, why)),
		silence: () => finish(() => undefined),
		whenOver: () => undefined,
	};
	return one;
}

function send({
	wanted,
	path,
	agent,
	stallMs,
	handlers,
	count,
	measured,
}: {
	wanted: StreamRequest;
	path: NetworkPath;
	agent: Agent;
	handlers: StreamHandlers;
} & Required<Pick<HttpStreamsOptions, 'count' | 'measured' | 'stallMs'>>): () => void {
	const { url, offset, length, baseband, vm } = wanted;
	const range = `bytes=${offset}-${length === 0 ? '' : offset + length - 1}`;
	const [host, port] = (path.hosts[url.hostname] ?? `${url.hostname}:${url.port || 80}`).split(':');
	const outgoing = request({
		agent,
		host,
		port,
		path: `${url.pathname}${url.search}`,
		localAddress: path.localAddress,
		headers: { host: url.host, range, 'accept-encoding': 'identity' },
		timeout: stallMs,
	});
	const askedAt = performance.now();
	const use = (bytesUp: number, bytesDown: number): void => count({ baseband, vm, bytesUp, bytesDown });
	outgoing.on('timeout', () => outgoing.destroy(new Error(`no byte for ${stallMs} ms`)));
	outgoing.on('error', (error) => handlers.fail(failureOf(error), error.message));
	outgoing.on('response', (response) => {
		use(headBytes(outgoing.getRawHeaderNames().length, url.href.length), 0);
		receive({ response, wanted, handlers, use, measured, askedAt });
	});
	outgoing.end();
	return () => outgoing.destroy();
}

function failureOf({ message, code = '' }: NodeJS.ErrnoException): Failure {
	if (message.startsWith('no byte')) return 'timed-out';
	// What Node's parser says of an answer that is not HTTP.
	return code.startsWith('HPE_') ? 'malformed' : 'unreachable';
}

/** The request head is a few hundred bytes; it is estimated, since no library says what it sent. */
function headBytes(headers: number, urlLength: number): number {
	return 40 + urlLength + headers * 28;
}

function receive({
	response,
	wanted: { baseband, offset, length, mostBytes },
	handlers,
	use,
	measured,
	askedAt,
}: {
	response: IncomingMessage;
	wanted: StreamRequest;
	handlers: StreamHandlers;
	use: (bytesUp: number, bytesDown: number) => void;
	measured: HttpStreamsOptions['measured'];
	askedAt: number;
}): void {
	const range = contentRange(response, offset);
	const bytesToCome = (range?.end ?? 0) - offset;
	const isRight =
		range !== undefined &&
		isPlain(response, bytesToCome) &&
		(length === 0 || bytesToCome <= length) &&
		bytesToCome <= mostBytes;
	if (!isRight) {
		handlers.fail(
			(response.statusCode ?? 0) >= 400 ? 'refused' : 'malformed',
			`asked for ${length || 'all'} bytes from ${offset}, was answered ${response.statusCode} ${response.headers['content-range'] ?? ''}`,
		);
		response.destroy();
		return;
	}
	let at = offset;
	response.on('data', (bytes: Buffer) => {
		use(0, bytes.length);
		if (at + bytes.length > range.end) {
			handlers.fail('malformed', 'more bytes came than were announced');
			response.destroy();
			return;
		}
		handlers.chunk(at, bytes);
		at += bytes.length;
	});
	response.on('end', () => {
		const isWhole = at === range.end && (length === 0 || at - offset === length || at === range.size);
		measured({ baseband, bytes: at - offset, ms: performance.now() - askedAt });
		if (isWhole) handlers.end(range.size);
		else handlers.fail('malformed', `${at - offset} bytes came where ${range.end - offset} were announced`);
	});
	response.on('error', (error) => handlers.fail(failureOf(error), error.message));
	response.on('close', () => handlers.fail('unreachable', 'the connection broke off'));
}

/** Whether the body is the bytes of the range themselves, as far as its head tells. */
function isPlain({ headers }: IncomingMessage, bytes: number): boolean {
	const encoding = headers['content-encoding'] ?? 'identity';
	return encoding === 'identity' && Number(headers['content-length'] ?? bytes) === bytes;
}

interface ContentRange {
	/** First byte behind what comes. */
	readonly end: number;
	/** Of the whole resource. */
	readonly size: number;
}

/** RFC 9110 14.4; a 200 is a range too when it is asked for from the first byte on. */
function contentRange(response: IncomingMessage, offset: number): ContentRange | undefined {
	if (response.statusCode === 200 && offset === 0) {
		const size = Number(response.headers['content-length'] ?? Number.NaN);
		return Number.isSafeInteger(size) ? { end: size, size } : undefined;
	}
	const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(response.headers['content-range'] ?? '');
	if (response.statusCode !== 206 || match === null) return undefined;
	const [first, last, size] = match.slice(1).map(Number) as [number, number, number];
	const isRange = first === offset && last >= first && last < size && Number.isSafeInteger(size);
	return isRange ? { end: last + 1, size } : undefined;
}
