"""The programs that are compared, one file each: their command lines, and how their answers are
read. Every command is one whole process from its input files to its output file."""
