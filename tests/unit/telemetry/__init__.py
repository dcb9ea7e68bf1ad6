"""Tests of what jobbot tells about itself."""
