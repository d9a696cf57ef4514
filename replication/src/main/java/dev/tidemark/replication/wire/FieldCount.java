package dev.tidemark.replication.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/**
 * Counts the fields of a message before anything is made of them. An empty field takes two bytes on
 * the wire and dozens in memory, whether it is known or not, so a frame that is within its bytes
 * could still fill the heap.
 */
final class FieldCount {
  /** More than any frame that makes sense has. */
  private static final int MOST = 8192;

  private static final int MOST_DEPTH = 8;

  private final CodedInputStream in;
  private int count;

  private FieldCount(byte[] bytes) {
    this.in = CodedInputStream.newInstance(bytes);
  }

  /**
   * Passes over a message.
   *
   * @throws InvalidProtocolBufferException if it is none, or of too many fields
   */
  static void check(byte[] bytes, Descriptor message) throws InvalidProtocolBufferException {
    try {
      new FieldCount(bytes).fields(message, 0);
    } catch (InvalidProtocolBufferException e) {
      throw e;
    } catch (IOException e) {
      throw new InvalidProtocolBufferException(e);
    }
  }

  private void fields(Descriptor message, int depth) throws IOException {
    if (depth > MOST_DEPTH) {
      throw new InvalidProtocolBufferException("messages are nested too deeply");
    }
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      add(1);
      FieldDescriptor field = message.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
      int type = WireFormat.getTagWireType(tag);
      if (type == WireFormat.WIRETYPE_START_GROUP || type == WireFormat.WIRETYPE_END_GROUP) {
        throw new InvalidProtocolBufferException("groups are not spoken");
      }
      if (type == WireFormat.WIRETYPE_LENGTH_DELIMITED && field != null) {
        lengthDelimited(field, depth);
      } else {
        in.skipField(tag);
      }
    }
  }

  private void lengthDelimited(FieldDescriptor field, int depth) throws IOException {
    int length = in.readRawVarint32();
    if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
      int outer = in.pushLimit(length);
      fields(field.getMessageType(), depth + 1);
      in.popLimit(outer);
      return;
    }
    if (field.isPackable()) {
      // Each takes a byte at least.
      add(length);
    }
    in.skipRawBytes(length);
  }

  private void add(int more) throws InvalidProtocolBufferException {
    if (more < 0 || more > MOST - count) {
      throw new InvalidProtocolBufferException("more than " + MOST + " fields");
    }
    count += more;
  }
}
