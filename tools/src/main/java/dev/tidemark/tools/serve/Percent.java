package dev.tidemark.tools.serve;

import dev.tidemark.error.Problem;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** What stands in a URL, as text: percent-encoded UTF-8, and nothing that is not. */
final class Percent {
  private static final int HEX = 16;
  private static final int ESCAPE_CHARS = 3;

  private Percent() {}

  /** A part of a path, where a plus is a plus. */
  static String path(String raw) {
    return decode(raw, false);
  }

  /** The parameters of a query, where a plus is a space. Each name may come once. */
  static Map<String, String> query(String raw) {
    Map<String, String> parameters = new HashMap<>();
    for (String pair : raw.split("&", -1)) {
      if (!pair.isEmpty()) {
        int sign = pair.indexOf('=');
        String name = decode(sign < 0 ? pair : pair.substring(0, sign), true);
        String value = sign < 0 ? "" : decode(pair.substring(sign + 1), true);
        if (parameters.put(name, value) != null) {
          throw Problem.of("parameter is given twice").with("parameter", name).illegalArgument();
        }
      }
    }
    return parameters;
  }

  private static String decode(String raw, boolean plusIsSpace) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        bytes.write(escaped(raw, i));
        i += ESCAPE_CHARS - 1;
      } else if (c == '+' && plusIsSpace) {
        bytes.write(' ');
      } else {
        bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw malformed(raw);
    }
  }

  private static int escaped(String raw, int at) {
    if (at + ESCAPE_CHARS > raw.length()) {
      throw malformed(raw);
    }
    int high = Character.digit(raw.charAt(at + 1), HEX);
    int low = Character.digit(raw.charAt(at + 2), HEX);
    if (high < 0 || low < 0) {
      throw malformed(raw);
    }
    return high * HEX + low;
  }

  private static IllegalArgumentException malformed(String raw) {
    return Problem.of("URL is not percent-encoded UTF-8").with("text", raw).illegalArgument();
  }
}
