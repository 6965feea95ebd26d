/** Written by `npm run generate` from cloud/usp/usp-record.proto; do not edit. */
// biome-ignore-all format: generated
// biome-ignore-all lint/suspicious/noShadowRestrictedNames: the names are those of the contract
import { type Codec, codecsOf } from '../../codec.ts';

export const PayloadSecurity = {
	PLAINTEXT: 0,
	TLS12: 1,
} as const;
export type PayloadSecurity = number;

export const PayloadSarState = {
	NONE: 0,
	BEGIN: 1,
	INPROCESS: 2,
	COMPLETE: 3,
} as const;
export type PayloadSarState = number;

export const MqttVersion = {
	V3_1_1: 0,
	V5: 1,
} as const;
export type MqttVersion = number;

export const StompVersion = {
	V1_2: 0,
} as const;
export type StompVersion = number;

export interface Record {
	/** Which one of its members is set. */
	recordType?: 'noSessionContext' | 'sessionContext' | 'websocketConnect' | 'mqttConnect' | 'stompConnect' | 'disconnect' | 'udsConnect';
	version: string;
	toId: string;
	fromId: string;
	payloadSecurity: PayloadSecurity;
	macSignature: Uint8Array;
	senderCert: Uint8Array;
	noSessionContext?: NoSessionContext;
	sessionContext?: SessionContext;
	websocketConnect?: WebSocketConnect;
	mqttConnect?: MqttConnect;
	stompConnect?: StompConnect;
	disconnect?: Disconnect;
	udsConnect?: UdsConnect;
}

/** A whole USP message. */
export interface NoSessionContext {
	payload: Uint8Array;
}

/** A segment of a message inside an end-to-end session: optional in the standard, not spoken here. */
export interface SessionContext {
	sessionId: number;
	sequenceId: number;
	expectedId: number;
	retransmitId: number;
	payloadSarState: PayloadSarState;
	payloadrecSarState: PayloadSarState;
	payload: Uint8Array[];
}

export type WebSocketConnect = { [name: string]: never };

/** The first record after a subscription stands: where the sender is to be answered. */
export interface MqttConnect {
	version: MqttVersion;
	subscribedTopic: string;
}

export interface StompConnect {
	version: StompVersion;
	subscribedDestination: string;
}

export interface Disconnect {
	reason: string;
	reasonCode: number;
}

export type UdsConnect = { [name: string]: never };

const codec = codecsOf('{"nested":{"usp_record":{"nested":{"Disconnect":{"fields":{"reason":{"type":"string","id":1},"reasonCode":{"type":"fixed32","id":2,"protoName":"reason_code"}}},"MqttConnect":{"fields":{"version":{"type":"MqttVersion","id":1},"subscribedTopic":{"type":"string","id":2,"protoName":"subscribed_topic"}}},"MqttVersion":{"values":{"V3_1_1":0,"V5":1}},"NoSessionContext":{"fields":{"payload":{"type":"bytes","id":2}}},"PayloadSarState":{"values":{"NONE":0,"BEGIN":1,"INPROCESS":2,"COMPLETE":3}},"PayloadSecurity":{"values":{"PLAINTEXT":0,"TLS12":1}},"Record":{"oneofs":{"recordType":{"oneof":["noSessionContext","sessionContext","websocketConnect","mqttConnect","stompConnect","disconnect","udsConnect"]}},"fields":{"version":{"type":"string","id":1},"toId":{"type":"string","id":2,"protoName":"to_id"},"fromId":{"type":"string","id":3,"protoName":"from_id"},"payloadSecurity":{"type":"PayloadSecurity","id":4,"protoName":"payload_security"},"macSignature":{"type":"bytes","id":5,"protoName":"mac_signature"},"senderCert":{"type":"bytes","id":6,"protoName":"sender_cert"},"noSessionContext":{"type":"NoSessionContext","id":7,"protoName":"no_session_context"},"sessionContext":{"type":"SessionContext","id":8,"protoName":"session_context"},"websocketConnect":{"type":"WebSocketConnect","id":9,"protoName":"websocket_connect"},"mqttConnect":{"type":"MqttConnect","id":10,"protoName":"mqtt_connect"},"stompConnect":{"type":"StompConnect","id":11,"protoName":"stomp_connect"},"disconnect":{"type":"Disconnect","id":12},"udsConnect":{"type":"UdsConnect","id":13,"protoName":"uds_connect"}}},"SessionContext":{"fields":{"sessionId":{"type":"uint64","id":1,"protoName":"session_id"},"sequenceId":{"type":"uint64","id":2,"protoName":"sequence_id"},"expectedId":{"type":"uint64","id":3,"protoName":"expected_id"},"retransmitId":{"type":"uint64","id":4,"protoName":"retransmit_id"},"payloadSarState":{"type":"PayloadSarState","id":5,"protoName":"payload_sar_state"},"payloadrecSarState":{"type":"PayloadSarState","id":6,"protoName":"payloadrec_sar_state"},"payload":{"rule":"repeated","type":"bytes","id":7}}},"StompConnect":{"fields":{"version":{"type":"StompVersion","id":1},"subscribedDestination":{"type":"string","id":2,"protoName":"subscribed_destination"}}},"StompVersion":{"values":{"V1_2":0}},"UdsConnect":{"fields":{}},"WebSocketConnect":{"fields":{}}}}}}');

export const Record: Codec<Record> = codec('usp_record.Record');
export const NoSessionContext: Codec<NoSessionContext> = codec('usp_record.NoSessionContext');
export const SessionContext: Codec<SessionContext> = codec('usp_record.SessionContext');
export const WebSocketConnect: Codec<WebSocketConnect> = codec('usp_record.WebSocketConnect');
export const MqttConnect: Codec<MqttConnect> = codec('usp_record.MqttConnect');
export const StompConnect: Codec<StompConnect> = codec('usp_record.StompConnect');
export const Disconnect: Codec<Disconnect> = codec('usp_record.Disconnect');
export const UdsConnect: Codec<UdsConnect> = codec('usp_record.UdsConnect');
