/** Written by `npm run generate` from bus/firmware.proto; do not edit. */
// biome-ignore-all format: generated
// biome-ignore-all lint/suspicious/noShadowRestrictedNames: the names are those of the contract
import { type Codec, codecsOf } from '../codec.ts';

export const Matter = {
	MATTER_UNSPECIFIED: 0,
	/** May this version be activated? The box restarts for it. */
	MATTER_QUESTION: 1,
	/** The question of this id is over: it was answered, or its time has passed. */
	MATTER_OVER: 2,
	/** What was said with this id does not count. */
	MATTER_REFUSED: 3,
	/** An update that was asked for has begun. */
	MATTER_BEGUN: 4,
	/** It came to nothing. */
	MATTER_FAILED: 5,
	/** This version was tried and is good. */
	MATTER_DONE: 6,
} as const;
export type Matter = number;

export const Choice = {
	CHOICE_UNSPECIFIED: 0,
	CHOICE_AGREE: 1,
	CHOICE_REFUSE: 2,
	/** Bring the newest release, and start it. */
	CHOICE_UPDATE: 3,
} as const;
export type Choice = number;

/** On topic `box.firmware`. */
export interface Notice {
	matter: Matter;
	/** Of the question, or of the word that this is about. */
	id: string;
	version: string;
	/** To be shown: what the operator wants to say, or why it was refused or failed. */
	text: string;
	/** When the time for an answer is over, microseconds since the epoch. */
	untilUs: number;
}

/** On topic `firmware.home`: a profile has said something. */
export interface Word {
	choice: Choice;
	/** Of the question it answers; with an update, any by which the notices about it are known. */
	id: string;
	profile: string;
	/** What the profile may be: `owner`, `adult`, `child`, ... */
	role: string;
}

const codec = codecsOf('{"nested":{"mullion":{"nested":{"firmware":{"nested":{"Choice":{"values":{"CHOICE_UNSPECIFIED":0,"CHOICE_AGREE":1,"CHOICE_REFUSE":2,"CHOICE_UPDATE":3}},"Matter":{"values":{"MATTER_UNSPECIFIED":0,"MATTER_QUESTION":1,"MATTER_OVER":2,"MATTER_REFUSED":3,"MATTER_BEGUN":4,"MATTER_FAILED":5,"MATTER_DONE":6}},"Notice":{"fields":{"matter":{"type":"Matter","id":1},"id":{"type":"string","id":2},"version":{"type":"string","id":3},"text":{"type":"string","id":4},"untilUs":{"type":"uint64","id":5,"protoName":"until_us"}}},"Word":{"fields":{"choice":{"type":"Choice","id":1},"id":{"type":"string","id":2},"profile":{"type":"string","id":3},"role":{"type":"string","id":4}}}}}}}}}');

export const Notice: Codec<Notice> = codec('mullion.firmware.Notice');
export const Word: Codec<Word> = codec('mullion.firmware.Word');
