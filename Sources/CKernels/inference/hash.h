// The hash behind noise and signs: the finaliser of MurmurHash3 (A. Appleby) of a counter. T is
// uint32_t or a vector of it.
#pragma once

#define NWC_HASH(T, i, seed)                                                                       \
    ({                                                                                             \
        T hash_ = (i)*0x9e3779b9u + (seed);                                                        \
        hash_ = (hash_ ^ (hash_ >> 16)) * 0x85ebca6bu;                                             \
        hash_ = (hash_ ^ (hash_ >> 13)) * 0xc2b2ae35u;                                             \
        hash_ ^ (hash_ >> 16);                                                                     \
    })
