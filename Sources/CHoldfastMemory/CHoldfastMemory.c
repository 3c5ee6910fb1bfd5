#include "CHoldfastMemory.h"
