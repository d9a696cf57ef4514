package dev.tidemark.tools.demo;

import dev.tidemark.engine.codec.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A file that a git commit wrote or removed.
 *
 * @param path as git prints it
 * @param blob the first 12 digits of the contents' hash; null if the file was removed
 * @param added lines, 0 where git counts none
 * @param deleted lines, 0 where git counts none
 */
record PathWrite(Bytes path, @Nullable Bytes blob, int added, int deleted) {}
