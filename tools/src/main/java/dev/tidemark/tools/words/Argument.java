package dev.tidemark.tools.words;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.Problem;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** One argument of an operation: a word of a command line, or a string or integer of JSON. */
public record Argument(String text, Kind kind, @Nullable Bytes content) {
  /** What an argument may be read as. */
  public enum Kind {
    /** Typed: bytes or a number, as the operation needs. */
    WORD,
    /** Bytes only. */
    STRING,
    /** A number only. */
    NUMBER,
    /** Bytes that were read from elsewhere. */
    BYTES
  }

  private static final BigInteger MAX_UNSIGNED =
      BigInteger.ONE.shiftLeft(Long.SIZE).subtract(BigInteger.ONE);

  /** A word of a command line. */
  public static Argument word(String text) {
    return new Argument(text, Kind.WORD, null);
  }

  /** A string or an integer of JSON. */
  public static Argument json(JsonNode node) {
    if (node.isTextual()) {
      return new Argument(node.textValue(), Kind.STRING, null);
    }
    if (node.isIntegralNumber()) {
      return new Argument(node.bigIntegerValue().toString(), Kind.NUMBER, null);
    }
    throw Problem.of("argument is neither a string nor an integer")
        .with("argument", node)
        .illegalArgument();
  }

  /** The content of a file. */
  public static Argument bytes(Bytes content) {
    return new Argument("(bytes)", Kind.BYTES, content);
  }

  /** The argument as bytes: those of a file, or its own UTF-8. */
  Bytes bytes(String name) {
    if (content != null) {
      return content;
    }
    if (kind == Kind.NUMBER) {
      throw Problem.of(name + " is not a string").with(name, text).illegalArgument();
    }
    return Bytes.utf8(text);
  }

  /** The argument as a signed 64-bit number. */
  long signed(String name) {
    BigInteger number = number(name);
    if (number.bitLength() >= Long.SIZE) {
      throw Problem.of(name + " is out of range")
          .with(name, text)
          .advise("give a whole number from " + Long.MIN_VALUE + " to " + Long.MAX_VALUE)
          .illegalArgument();
    }
    return number.longValue();
  }

  /** The argument as an unsigned 64-bit number. */
  public long unsigned(String name) {
    BigInteger number = number(name);
    if (number.signum() < 0 || number.compareTo(MAX_UNSIGNED) > 0) {
      throw Problem.of(name + " is out of range")
          .with(name, text)
          .advise("give a whole number from 0 to " + MAX_UNSIGNED)
          .illegalArgument();
    }
    return number.longValue();
  }

  private BigInteger number(String name) {
    if (kind == Kind.STRING) {
      throw Problem.of(name + " is a string, and has to be a number")
          .with(name, text)
          .advise("write it without quotation marks")
          .illegalArgument();
    }
    // More digits than any 64-bit number are not worth the quadratic cost of reading them.
    if (kind == Kind.BYTES || !text.matches("[+-]?[0-9]{1,40}")) {
      throw Problem.of(name + " is not a whole number").with(name, text).illegalArgument();
    }
    return new BigInteger(text);
  }
}
