/** Answers one request for a file, with the fault it was told to commit. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Fault } from './fault.ts';
import { parseRange } from './range.ts';
import { isKnownVersion, isSameVersion, openResource, type Resource } from './resource.ts';
import type { ShapedSocket } from './shaped-socket.ts';

export interface AnswerOptions {
	readonly root: string;
	readonly path: string;
	readonly request: IncomingMessage;
	readonly response: ServerResponse;
	readonly socket: ShapedSocket;
	readonly fault: Fault | undefined;
}

export interface Outcome {
	/** Bytes of the body handed to the connection. */
	readonly bodyBytes: number;
	/** Whether that was the whole answer. */
	readonly isComplete: boolean;
}

const nothing: Outcome = { bodyBytes: 0, isComplete: true };

/** Rejects where the disk fails. */
export async function answer(options: AnswerOptions): Promise<Outcome> {
	const { root, path, request, response, fault } = options;
	if (fault?.kind === 'status') return refuse(response, fault.status);
	if (request.method !== 'GET' && request.method !== 'HEAD') {
		response.setHeader('Allow', 'GET, HEAD');
		return refuse(response, 405);
	}
	await using resource = await openResource(root, path);
	if (resource === undefined) return refuse(response, 404);

	response.setHeader('Accept-Ranges', 'bytes');
	response.setHeader('ETag', resource.etag);
	response.setHeader('Last-Modified', resource.lastModified);
	if (isKnownVersion(request.headers['if-none-match'], resource)) {
		response.writeHead(304).end();
		return nothing;
	}
	// RFC 9110 14.2: a range counts for GET only.
	const isPartial =
		request.method === 'GET' && isSameVersion(ifRange(request), resource) && fault?.kind !== 'ignore-range';
	const range = parseRange(isPartial ? request.headers.range : undefined, resource.size);
	if (range === 'unsatisfiable') {
		response.setHeader('Content-Range', `bytes */${resource.size}`);
		return refuse(response, 416);
	}
	const first = range === 'whole' ? 0 : range.first;
	const length = range === 'whole' ? resource.size : range.last - range.first + 1;
	if (range !== 'whole') {
		const shift = fault?.kind === 'wrong-range' ? fault.byBytes : 0;
		const bounds = `${range.first + shift}-${range.last + shift}`;
		response.setHeader('Content-Range', `bytes ${bounds}/${resource.size}`);
	}
	response.setHeader('Content-Type', resource.contentType);
	response.setHeader('Content-Length', length + (fault?.kind === 'wrong-length' ? fault.byBytes : 0));
	response.writeHead(range === 'whole' ? 200 : 206);
	if (request.method === 'HEAD') {
		response.end();
		return nothing;
	}
	// Awaited here: the file is closed on the way out.
	return await sendBody({ ...options, resource, first, length });
}

async function sendBody(
	options: AnswerOptions & { readonly resource: Resource; readonly first: number; readonly length: number },
): Promise<Outcome> {
	const { response, socket, fault, resource, first, length } = options;
	const isCut = fault !== undefined && 'afterBytes' in fault;
	const count = isCut ? Math.min(length, fault.afterBytes) : length;
	let sent = 0;
	let hasLeft = false;
	if (count > 0) {
		const body = resource.file.createReadStream({ start: first, end: first + count - 1, autoClose: false });
		const counted = async function* (pieces: AsyncIterable<Buffer>) {
			for await (const piece of pieces) {
				sent += piece.length;
				yield piece;
			}
		};
		// A client that leaves ends the pipeline with an error; how far it came is all there is to say.
		await pipeline(body, counted, response, { end: false }).catch(() => {
			hasLeft = true;
		});
	}
	if (hasLeft || response.closed) return { bodyBytes: sent, isComplete: false };
	if (!isCut && fault?.kind !== 'wrong-length') {
		response.end();
		return { bodyBytes: sent, isComplete: true };
	}
	response.flushHeaders();
	if (fault.kind === 'reset') socket.reset();
	else if (fault.kind !== 'stall') socket.end();
	await once(response, 'close');
	return { bodyBytes: sent, isComplete: false };
}

function refuse(response: ServerResponse, status: number): Outcome {
	const text = `${status}\n`;
	response.setHeader('Content-Type', 'text/plain; charset=utf-8');
	response.setHeader('Content-Length', text.length);
	response.writeHead(status).end(text);
	return { bodyBytes: text.length, isComplete: true };
}

/** Node joins no duplicates of this header: more than one is none that can be trusted. */
function ifRange(request: IncomingMessage): string | undefined {
	const value = request.headers['if-range'];
	return Array.isArray(value) ? '' : value;
}
