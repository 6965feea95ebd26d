/** The outside of a message: which records are taken, and which are answered, dropped or refused. */

import { Msg } from '../../proto/host/cloud/usp/usp-msg.ts';
import { Record as UspRecord } from '../../proto/host/cloud/usp/usp-record.ts';
import { type Fault, faultOf, UspError } from './error.ts';

/** The version this agent speaks; every 1.x is understood, since versions only ever added fields. */
export const uspVersion = '1.4';
/** For GetSupportedProtocol. */
export const uspVersions = '1.0,1.1,1.2,1.3,1.4';

export type Incoming =
	| { readonly kind: 'message'; readonly from: string; readonly message: Msg }
	| { readonly kind: 'connect'; readonly from: string; readonly topic: string }
	| { readonly kind: 'disconnect'; readonly from: string; readonly reason: string }
	/** Cannot be served, but its sender can be told so. */
	| { readonly kind: 'refused'; readonly from: string; readonly messageId: string; readonly fault: Fault }
	/** Silence: there is nobody to answer, or nobody we would talk to. */
	| { readonly kind: 'dropped'; readonly reason: DropReason };

export type DropReason =
	| 'malformed-record'
	| 'malformed-message'
	| 'not-for-us'
	| 'unknown-sender'
	| 'unsupported-record';

interface ReadOptions {
	readonly bytes: Uint8Array;
	/** Our own endpoint id. */
	readonly endpointId: string;
	readonly isKnown: (endpointId: string) => boolean;
}

export function readRecord({ bytes, endpointId, isKnown }: ReadOptions): Incoming {
	const record = decoded(() => UspRecord.decode(bytes));
	if (record === undefined) return { kind: 'dropped', reason: 'malformed-record' };
	const from = record.fromId;
	// R-E2E.1, and R-ARC.2: endpoints of one id do not talk.
	if (record.toId !== endpointId || from === endpointId) return { kind: 'dropped', reason: 'not-for-us' };
	if (!isKnown(from)) return { kind: 'dropped', reason: 'unknown-sender' };
	// R-E2E.6a: who knows no session context says so, and no message id is needed for it.
	if (record.sessionContext)
		return refuse(from, '', new UspError('session-context-not-allowed', 'use no_session_context'));
	if (record.mqttConnect) return { kind: 'connect', from, topic: record.mqttConnect.subscribedTopic };
	if (record.disconnect) return { kind: 'disconnect', from, reason: record.disconnect.reason };
	if (!record.noSessionContext) return { kind: 'dropped', reason: 'unsupported-record' };

	const { payload } = record.noSessionContext;
	const message = decoded(() => Msg.decode(payload));
	const messageId = message?.header?.msgId ?? '';
	if (message === undefined || messageId === '') return { kind: 'dropped', reason: 'malformed-message' };
	// R-MTP.5: an error goes out only for a request whose id could be read.
	if (!/^1\.[0-9]+$/.test(record.version)) {
		if (!message.body?.request) return { kind: 'dropped', reason: 'unsupported-record' };
		const why = `record version "${record.version}", supported are ${uspVersions}`;
		return refuse(from, messageId, new UspError('invalid-record-value', why));
	}
	return { kind: 'message', from, message };
}

interface Envelope {
	readonly from: string;
	readonly to: string;
}

/** A record with a whole message in it. */
export function messageRecord({ from, to }: Envelope, message: Msg): Uint8Array {
	return UspRecord.encode({
		version: uspVersion,
		fromId: from,
		toId: to,
		noSessionContext: { payload: Msg.encode(message) },
	});
}

/** The first record on a link: where its sender listens (R-MTP.6). */
export function connectRecord({ from, to }: Envelope, topic: string): Uint8Array {
	return UspRecord.encode({
		version: uspVersion,
		fromId: from,
		toId: to,
		mqttConnect: { version: 1, subscribedTopic: topic },
	});
}

/** The last record on a link (R-MTP.7), or what is said to a record that cannot be served. */
export function disconnectRecord({ from, to }: Envelope, fault: Fault): Uint8Array {
	return UspRecord.encode({
		version: uspVersion,
		fromId: from,
		toId: to,
		disconnect: { reason: fault.text, reasonCode: fault.code },
	});
}

function refuse(from: string, messageId: string, error: UspError): Incoming {
	return { kind: 'refused', from, messageId, fault: faultOf(error) };
}

function decoded<T>(decode: () => T): T | undefined {
	try {
		return decode();
	} catch (error) {
		if (faultOf(error).text.startsWith('malformed-message')) return undefined;
		throw error;
	}
}
