package dev.tidemark.storage.log;

import java.nio.file.Path;

/**
 * Where the bytes of a commit lie. They stay there until the state has them on disk: only then is a
 * segment folded or dropped, and who has its file open can read on even so.
 *
 * @param segment the number of the segment
 * @param file its data file
 * @param bodyAt where in the file the encoded commit begins
 * @param bodyLength how many bytes it has
 */
public record LogPlace(long segment, Path file, long bodyAt, int bodyLength) {}
