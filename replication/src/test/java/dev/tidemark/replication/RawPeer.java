package dev.tidemark.replication;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A connection whose HTTP/2 is written by hand, so that it may be as wrong as a test wants it. */
final class RawPeer implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RESET = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  private static final int WINDOW = 8;

  private static final int ACKNOWLEDGED = 1;
  private static final int END_HEADERS = 4;
  private static final int NO_TYPE = -1;
  private static final int MOST_FRAME_BYTES = 16_384;
  private static final int READ_MILLIS = 60_000;

  private final Socket socket = new Socket();

  /** How many bytes may be sent: over all, and in the first call. */
  private final Map<Integer, Integer> room = new HashMap<>(Map.of(0, 65_535, 1, 65_535));

  /** Connects from an address of this machine. */
  RawPeer(String from, int port) throws IOException {
    socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(READ_MILLIS);
    socket.setTcpNoDelay(true);
  }

  /** Sends bytes; one that is not listened to any more does not mind. */
  RawPeer bytes(byte[] bytes) throws IOException {
    try {
      OutputStream out = socket.getOutputStream();
      out.write(bytes);
      out.flush();
    } catch (SocketException closed) {
      // Seen when it is read from.
    }
    return this;
  }

  /** What every client begins with. */
  RawPeer begin() throws IOException {
    bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    return frame(SETTINGS, 0, 0, new byte[0]);
  }

  RawPeer frame(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
    frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
    frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
    return bytes(frame.array());
  }

  /** Begins a call. */
  RawPeer call(int stream, String... more) throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    List<String> headers =
        List.of(
            ":method",
            "POST",
            ":scheme",
            "http",
            ":path",
            "/dev.tidemark.replication.v1.Replication/Exchange",
            ":authority",
            "localhost",
            "content-type",
            "application/grpc",
            "te",
            "trailers");
    for (List<String> words : List.of(headers, List.of(more))) {
      for (int i = 0; i < words.size(); i += 2) {
        block.write(0);
        literal(block, words.get(i));
        literal(block, words.get(i + 1));
      }
    }
    return frame(HEADERS, END_HEADERS, stream, block.toByteArray());
  }

  /** HPACK: a length with a prefix of seven bits, and the characters. */
  private static void literal(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    if (bytes.length < 127) {
      out.write(bytes.length);
    } else {
      out.write(127);
      int rest = bytes.length - 127;
      for (; rest >= 128; rest >>= 7) {
        out.write(rest & 127 | 128);
      }
      out.write(rest);
    }
    out.writeBytes(bytes);
  }

  /** A message that says that it has so many bytes, and has these. */
  RawPeer message(int stream, int length, byte[] content) throws IOException {
    byte[] message =
        ByteBuffer.allocate(5 + content.length).put((byte) 0).putInt(length).put(content).array();
    for (int at = 0; at < message.length; at += MOST_FRAME_BYTES) {
      int end = Math.min(message.length, at + MOST_FRAME_BYTES);
      frame(DATA, 0, stream, Arrays.copyOfRange(message, at, end));
    }
    return this;
  }

  /** Waits for the other end to close the connection, whatever it sends before. */
  void awaitClosed() throws IOException {
    byte[] buffer = new byte[4096];
    try {
      while (socket.getInputStream().read(buffer) >= 0) {
        // Whatever it says.
      }
    } catch (SocketException reset) {
      // That is closed, too.
    }
  }

  /** The same, while it shows that it is there. */
  void awaitClosedAlive() throws IOException {
    await(NO_TYPE);
  }

  /** All that comes until the other end closes the connection. */
  byte[] readAll() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      socket.getInputStream().transferTo(all);
    } catch (SocketException reset) {
      // That is closed, too.
    }
    return all.toByteArray();
  }

  /**
   * Waits for a frame of a type, and gives its payload; null if the connection is closed before.
   */
  byte[] await(int type) throws IOException {
    byte[] payload = null;
    try {
      while (payload == null) {
        payload = next(type);
      }
      return payload;
    } catch (EOFException | SocketException closed) {
      return null;
    }
  }

  /** The next frame's payload, if it is of a type; null for another. */
  private byte[] next(int type) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
    int kind = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt();
    byte[] payload = in.readNBytes(length);
    if (kind == PING && flags != ACKNOWLEDGED) {
      frame(PING, ACKNOWLEDGED, 0, payload);
    }
    if (kind == WINDOW) {
      room.merge(stream, ByteBuffer.wrap(payload).getInt(), Integer::sum);
    }
    return kind == type ? payload : null;
  }

  /** Sends data of the first call as far as there is room for it, and waits for more. */
  RawPeer data(byte[] bytes) throws IOException {
    for (int at = 0; at < bytes.length; at += MOST_FRAME_BYTES) {
      int end = Math.min(bytes.length, at + MOST_FRAME_BYTES);
      while (room.get(0) < MOST_FRAME_BYTES || room.get(1) < MOST_FRAME_BYTES) {
        next(WINDOW);
      }
      frame(DATA, 0, 1, Arrays.copyOfRange(bytes, at, end));
      room.merge(0, at - end, Integer::sum);
      room.merge(1, at - end, Integer::sum);
    }
    return this;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
