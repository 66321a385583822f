//===- WeightsObject.cpp - weights as an object file ----------------------===//
//
// Layout: header · weights at 4096 · symbols · names · section headers.
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/WeightsObject.h"
#include "compiler/driver/OutputFile.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace llvm::ELF;

static constexpr uint64_t kPage = 4096;

Error gan::writeWeightsObject(StringRef path, StringRef symbol,
                              ArrayRef<uint8_t> bytes) {
  enum { Null, Weights, Symbols, Strings, SectionNames, Stack, SectionCount };
  const char sectionNames[] =
      "\0.ganc_weights\0.symtab\0.strtab\0.shstrtab\0.note.GNU-stack";
  const uint32_t nameOffsets[] = {0, 1, 15, 23, 31, 41};

  std::string strings = std::string(1, '\0') + symbol.str() + '\0';
  Elf64_Sym symbols[2] = {};
  symbols[1].st_name = 1;
  symbols[1].setBindingAndType(STB_GLOBAL, STT_OBJECT);
  symbols[1].st_other = STV_HIDDEN;
  symbols[1].st_shndx = Weights;
  symbols[1].st_size = bytes.size();

  Elf64_Shdr sections[SectionCount] = {};
  uint64_t offset = kPage;
  auto place = [&](unsigned index, uint32_t type, uint64_t flags, uint64_t size,
                   uint64_t alignment) {
    offset = alignTo(offset, alignment);
    Elf64_Shdr &section = sections[index];
    section.sh_name = nameOffsets[index];
    section.sh_type = type;
    section.sh_flags = flags;
    section.sh_offset = offset;
    section.sh_size = size;
    section.sh_addralign = alignment;
    offset += size;
  };
  place(Weights, SHT_PROGBITS, SHF_ALLOC | SHF_GNU_RETAIN, bytes.size(), kPage);
  place(Symbols, SHT_SYMTAB, 0, sizeof(symbols), 8);
  sections[Symbols].sh_link = Strings;
  sections[Symbols].sh_info = 1; // the first global symbol
  sections[Symbols].sh_entsize = sizeof(Elf64_Sym);
  place(Strings, SHT_STRTAB, 0, strings.size(), 1);
  place(SectionNames, SHT_STRTAB, 0, sizeof(sectionNames), 1);
  place(Stack, SHT_PROGBITS, 0, 0, 1);
  uint64_t headers = alignTo(offset, 8);

  Elf64_Ehdr header = {};
  std::copy(ElfMagic, ElfMagic + 4, header.e_ident);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_ident[EI_OSABI] = ELFOSABI_GNU; // SHF_GNU_RETAIN needs it
  header.e_type = ET_REL;
  header.e_machine = EM_X86_64;
  header.e_version = EV_CURRENT;
  header.e_shoff = headers;
  header.e_ehsize = sizeof(Elf64_Ehdr);
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = SectionCount;
  header.e_shstrndx = SectionNames;

  return gan::writeFile(path, [&](raw_ostream &out) {
    auto write = [&](const void *data, size_t size) {
      out.write(static_cast<const char *>(data), size);
    };
    write(&header, sizeof(header));
    out.write_zeros(kPage - sizeof(header));
    write(bytes.data(), bytes.size());
    out.write_zeros(sections[Symbols].sh_offset - kPage - bytes.size());
    write(symbols, sizeof(symbols));
    write(strings.data(), strings.size());
    write(sectionNames, sizeof(sectionNames));
    out.write_zeros(headers - offset);
    write(sections, sizeof(sections));
  });
}
