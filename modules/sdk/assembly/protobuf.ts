/**
 * The protobuf wire format, for generated message classes (`import ... from "mullion/protobuf"`).
 *
 * Malformed, beside what the encoding itself forbids: a string that is not UTF-8, a varint of more than ten
 * bytes (also one that is skipped), messages or groups more than 100 deep. A surrogate without its other
 * half is written as U+FFFD. Everything that touches memory by address is in the files beside this one.
 */
export { Reader, noBytes } from "./protobuf/reader";
export { Writer, bytesSize, floatBits, doubleBits, varintSize, zigzag32, zigzag64 } from "./protobuf/writer";
export { packedSize, packedZigzagSize, stringSize, unknownSize } from "./protobuf/writer";
