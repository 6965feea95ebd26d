/** Serves one page of text, `/metrics`, on a local port. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface MetricsServerOptions {
	/** 0 takes any that is free. */
	readonly port: number;
	/** Default 127.0.0.1: metrics are for whoever is on the box. */
	readonly host?: string;
	/** Media type of the page. */
	readonly type: string;
	readonly read: () => Promise<string>;
}

export interface MetricsServer {
	readonly url: string;
	close(): Promise<void>;
}

const mostConnections = 8;
const slowestRequestMs = 5000;

/** Rejects where the port cannot be had. */
export async function serveMetrics({
	port,
	host = '127.0.0.1',
	type,
	read,
}: MetricsServerOptions): Promise<MetricsServer> {
	// Those who ask at the same time get the same page: asking often costs the box no more.
	let reading: Promise<string> | undefined;
	const page = (): Promise<string> => {
		reading ??= read().finally(() => {
			reading = undefined;
		});
		return reading;
	};
	const answer = async (response: ServerResponse, isHead: boolean): Promise<void> => {
		try {
			const text = await page();
			response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
			response.end(isHead ? undefined : text);
		} catch {
			response.writeHead(500).end();
		}
	};
	const server = createServer((request, response) => {
		const path = request.url?.split('?')[0];
		request.resume();
		if (path !== '/metrics') response.writeHead(404).end();
		else if (request.method !== 'GET' && request.method !== 'HEAD')
			response.writeHead(405, { allow: 'GET, HEAD' }).end();
		else void answer(response, request.method === 'HEAD');
	});
	server.maxConnections = mostConnections;
	server.requestTimeout = slowestRequestMs;
	server.headersTimeout = slowestRequestMs;
	server.listen(port, host);
	await once(server, 'listening');
	const { address, port: taken, family } = server.address() as AddressInfo;
	return {
		url: `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}/metrics`,
		close: async () => {
			server.close();
			server.closeAllConnections();
			await once(server, 'close');
		},
	};
}
