/** Messages made by hand, as a service makes them; each export answers with one, encoded. */
import { answer } from "./harness";
import { Choice, Choice_ChoiceCase, Color, Empty, Map_, Maps, Nested, Nested_Inner } from "./everything";
import { Awkward, Nested_Inner_Deeper, Nested_Inner_Kind, Optionals, Packed, Repeated, Scalars } from "./everything";
import { Direction, Place } from "./elsewhere";
import { Timestamp } from "./timestamp";

export function nothing(): i32 {
	return answer(new Scalars().encode());
}

export function ofScalars(): i32 {
	const scalars = Scalars.of(-0.0, f32.MAX_VALUE, -1, i64.MIN_VALUE, u32.MAX_VALUE, u64.MAX_VALUE, i32.MIN_VALUE);
	scalars.aSint64 = i64.MIN_VALUE;
	scalars.aString = "grüße 🎈";
	scalars.someBytes = Uint8Array.wrap(new ArrayBuffer(3)).fill(9);
	scalars.aColor = Color.COLOR_MINUS;
	scalars.farAway = true;
	return answer(scalars.encode());
}

export function brokenSurrogates(): i32 {
	const scalars = new Scalars();
	scalars.aString = "a\ud83d-\udf88b";
	return answer(scalars.encode());
}

/** Presence: set to the default, set and taken back, never set. */
export function optionals(): i32 {
	const optionals = new Optionals();
	optionals.anInt32 = 0;
	optionals.aString = "";
	optionals.aUint64 = 7;
	optionals.hasAUint64 = false;
	optionals.aMessage = new Empty();
	return answer(optionals.encode());
}

export function arrays(): i32 {
	const packed = new Packed();
	packed.anInt32 = [1, -1, 300];
	packed.aDouble.push(1.5);
	packed.aDouble.push(-0.0);
	packed.aBool = [true, false];
	packed.aColor.push(Color.COLOR_RED);
	packed.aColor.push(99);
	return answer(packed.encode());
}

export function texts(): i32 {
	const repeated = new Repeated();
	repeated.words = ["", "x".repeat(42), "ü".repeat(42), "漢".repeat(43), "x".repeat(128)];
	repeated.blobs.push(new Uint8Array(0));
	repeated.scalars.push(Scalars.of(1));
	repeated.repeated.push(new Repeated());
	return answer(repeated.encode());
}

export function maps(): i32 {
	const maps = new Maps();
	maps.byString.set("", "");
	maps.byString.set("k", "v");
	maps.byUint64.set(u64.MAX_VALUE, -1);
	maps.byBool.set(true, Color.COLOR_FAR);
	const inner = new Maps();
	inner.flags.set(5, true);
	maps.nested.set("inner", inner);
	return answer(maps.encode());
}

/** The member set last is the one. */
export function choiceMessage(): i32 {
	const choice = new Choice();
	choice.number = 5;
	choice.scalars = Scalars.of(0, 0, 77);
	choice.left = 0;
	return answer(choice.encode());
}

export function choiceTakenBack(): i32 {
	const choice = new Choice();
	choice.number = 5;
	choice.text = "";
	choice.scalars = null;
	choice.right = true;
	assert(choice.choiceCase == Choice_ChoiceCase.Text);
	assert(choice.number == 0);
	return answer(choice.encode());
}

/** A case set by hand is a member with nothing in it. */
export function choiceByCase(): i32 {
	const choice = new Choice();
	choice.choiceCase = Choice_ChoiceCase.None_;
	return answer(choice.encode());
}

export function nested(): i32 {
	const nested = new Nested();
	nested.inner = new Nested_Inner();
	nested.inner!.deeper = Nested_Inner_Deeper.of(Nested_Inner_Kind.KIND_SOME);
	nested.place = Place.of("here");
	nested.place!.directions.push(Direction.DIRECTION_NORTH);
	nested.at = Timestamp.of(-1, 999_999_999);
	return answer(nested.encode());
}

export function awkward(): i32 {
	const awkward = Awkward.of(1, 2, 3, 4, "five");
	awkward.new_ = [6];
	awkward.class_ = "seven";
	awkward.in_ = new Map_();
	awkward.in_!.map.set("a", "b");
	return answer(awkward.encode());
}
