package dev.tidemark.codec;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;

/** Kryo's own allocates the array without asking the input, alone among those of primitives. */
final class BooleanArraySerializer extends Serializer<boolean[]> {
  @Override
  public void write(Kryo kryo, Output output, boolean[] array) {
    output.writeVarInt(array.length, true);
    output.writeBooleans(array, 0, array.length);
  }

  @Override
  public boolean[] read(Kryo kryo, Input input, Class<? extends boolean[]> type) {
    return input.readBooleans(((BoundedInput) input).readLength());
  }
}
