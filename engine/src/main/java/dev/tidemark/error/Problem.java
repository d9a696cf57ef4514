package dev.tidemark.error;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The message of a failure: {@code title: name=value, name=value; what to do}. The title is
 * constant, so that it can be searched for and counted; values are escaped, so that a hostile key
 * cannot forge a line of a log.
 */
public final class Problem {
  private static final int MAX_VALUE_CHARS = 200;

  private final String title;
  private final Map<String, String> fields = new LinkedHashMap<>();
  private String advice = "";

  private Problem(String title) {
    this.title = title;
  }

  /** Starts a message with its constant title. */
  public static Problem of(String title) {
    return new Problem(title);
  }

  /** Adds a field; long values are shortened, control characters escaped. */
  public Problem with(String name, Object value) {
    fields.put(name, printable(String.valueOf(value)));
    return this;
  }

  /** Says what the reader can do about it. */
  public Problem advise(String whatToDo) {
    advice = whatToDo;
    return this;
  }

  /** The constant title. */
  public String title() {
    return title;
  }

  /** The fields by name, in the order in which they were given. */
  public Map<String, String> fields() {
    return Collections.unmodifiableMap(fields);
  }

  /** What the reader can do about it; empty if nothing is known. */
  public String advice() {
    return advice;
  }

  /** The whole message. */
  public String message() {
    StringBuilder message = new StringBuilder(title);
    String separator = ": ";
    for (var field : fields.entrySet()) {
      message.append(separator).append(field.getKey()).append('=').append(field.getValue());
      separator = ", ";
    }
    return advice.isEmpty() ? message.toString() : message.append("; ").append(advice).toString();
  }

  /** The caller handed in something that can never be accepted. */
  public IllegalArgumentException illegalArgument() {
    return new Misuse.OfArgument(this);
  }

  /** The caller did something at the wrong time. */
  public IllegalStateException illegalState() {
    return new Misuse.OfState(this);
  }

  /** A promise of our own is broken: always on, never caught inside the library. */
  public AssertionError broken() {
    return new AssertionError(message());
  }

  @Override
  public String toString() {
    return message();
  }

  /** The bytes as text for a message: UTF-8 where it is, control characters escaped. */
  public static String printable(byte[] utf8) {
    return printable(new String(utf8, StandardCharsets.UTF_8));
  }

  /** What moves the cursor, ends the line or turns the direction of what a reader sees. */
  private static boolean isInvisible(char c) {
    int type = Character.getType(c);
    return Character.isISOControl(c)
        || type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }

  /** The text with control characters escaped and its length bounded. */
  public static String printable(String text) {
    StringBuilder out = new StringBuilder();
    int shown = Math.min(text.length(), MAX_VALUE_CHARS);
    for (int i = 0; i < shown; i++) {
      char c = text.charAt(i);
      if (isInvisible(c)) {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return shown < text.length() ? out + "... (" + text.length() + " characters)" : out.toString();
  }
}
